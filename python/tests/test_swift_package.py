"""A program in Swift outside of the repository, made as docs/guides/swift.md says."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE, EXAMPLE = ROOT / "docs/guides/swift.md", ROOT / "Examples/FirstTraining/main.swift"

pytestmark = pytest.mark.skipif(not EXAMPLE.exists(), reason="needs the repository")


def test_the_example_has_ten_lines() -> None:
    code = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("import")]
    assert len(code) == 10


@pytest.mark.slow
def test_a_program_that_depends_on_the_package_trains(tmp_path: Path) -> None:
    (manifest,) = re.findall(r"```swift\n(// swift-tools.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "qtangent").symlink_to(ROOT)
    program = tmp_path / "first"
    (program / "Sources/first").mkdir(parents=True)
    (program / "Package.swift").write_text(manifest)
    shutil.copy(EXAMPLE, program / "Sources/first/main.swift")
    done = subprocess.run(
        ["swift", "run", "-c", "release", "first"], cwd=program, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("q0: ")
    before, after = map(float, re.findall(r"loss: (\S+) before, (\S+) after", done.stdout)[0])
    assert after < 0.1 * before
