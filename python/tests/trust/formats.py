"""Coverage-guided fuzzing of the binary formats: a minute a round, each going on from what those before have found."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from pathlib import Path

from .parts import FOLDER, ROOT, Part

SECONDS = 60
FORMATS = ("circuit", "observable", "channel", "run", "students")


@functools.cache
def built() -> Path:
    """Instrumented anew where sources have changed."""
    done = subprocess.run(["make", "fuzz"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return ROOT / "build/fuzz/release/FormatFuzz"


def tried(name: str, number: int) -> dict[str, float]:
    """What breaks it stays in build/trust/corpus, and so does what reaches new code."""
    fuzz, found = built(), FOLDER / "corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            fuzz, name, found, ROOT / "Tests/Corpus" / name, f"-max_total_time={SECONDS}", f"-seed={number + 1}",
            "-max_len=4096", "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={found.parent}/broken-{name}-",
        ],
        capture_output=True, text=True, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"},
    )  # fmt: skip
    assert done.returncode == 0, f"code {done.returncode}: {done.stderr[-2000:]}"
    (runs,) = re.findall(r"Done (\d+) runs", done.stderr)
    return {"inputs": int(runs)}


PARTS = [
    Part(
        f"fuzz-{name}",
        f"bytes that are meant as {what} give one that works, or an error",
        0,
        10,
        functools.partial(tried, name),
    )
    for name, what in zip(
        FORMATS, ("a circuit", "an observable", "a channel", "a run", "a run of students"), strict=True
    )
]
