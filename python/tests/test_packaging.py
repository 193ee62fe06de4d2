"""The sdist is complete, the wheel built from it works, and a missing compiler is named in one line."""

import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import qtangent as qt
from qtangent._native import levels
from qtangent._signatures import ABI_VERSION

PROJECT = Path(__file__).parents[1]


def pip(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "pip", *map(str, arguments)],
        capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (archive,) = folder.glob("*.tar.gz")
    return archive


def test_sdist_has_what_the_build_needs_and_nothing_built(sdist):
    with tarfile.open(sdist) as archive:
        names = [name.split("/", 1)[1] for name in archive.getnames()]
    for name in (
        "native/Package.swift", "native/Sources/TangentCAPI/Circuits/Circuit.swift", "native/bindings/exports.map",
        "native/Sources/CTangent/include/CTangent.h", "hatch_build.py", "pyproject.toml", "README.md",
        "src/qtangent/__init__.py", "src/qtangent/py.typed", "tests/reference.py", "LICENSE",
    ):  # fmt: skip
        assert name in names
    assert any(name.startswith("native/Tests/") for name in names)
    package = (PROJECT.parent / "Package.swift").read_text()
    for folder in re.findall(r'\bpath: "(.+?)"', package):
        assert any(name.startswith(f"native/{folder}/") for name in names), folder
    built = re.compile(r"\.so$|\.so\.|\.build|__pycache__")
    assert not [name for name in names if built.search(name)]


def test_every_place_names_the_same_version():
    root = PROJECT.parent
    assert (
        re.search(r"^version: (.+)$", (root / "CITATION.cff").read_text(), re.MULTILINE)[1] == qt.__version__
    )
    assert re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE)[1] == qt.__version__
    assert qt.build_info()["version"] == qt.__version__


def test_nothing_says_to_install_what_is_not_published():
    """Until a release is: from a clone, or from a wheel's file."""
    root = PROJECT.parent
    places = ("*.md", "docs/**/*.md", "python/**/*.ipynb", "python/src/**/*.py")
    pages = [page for place in places for page in root.glob(place)]
    assert len(pages) > 100
    for page in pages:
        assert not re.search(r"pip install (\\?\"|')?qtangent(\[|\b(?!-))", page.read_text()), page


def test_without_swift_the_build_says_so(tmp_path):
    # A PATH with nothing but the tools a shell script needs.
    (tmp_path / "bin").mkdir()
    for tool in ("env", "uname"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    done = pip(
        "wheel", PROJECT, "--no-deps", "--no-build-isolation", "-w", tmp_path, PATH=str(tmp_path / "bin")
    )
    assert done.returncode != 0
    assert "building QTangent needs `swift` (6.3 or newer) on PATH" in done.stdout + done.stderr


@pytest.mark.slow
def test_wheel_from_the_unpacked_sdist(sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    done = pip("wheel", source, "--no-deps", "--no-build-isolation", "-w", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith("qtangent-")
    assert wheel.name.endswith(f"-py3-none-linux_{platform.machine()}.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata, tags, licence = (
            next(
                archive.read(name).decode()
                for name in archive.namelist()
                if name.endswith(f"dist-info/{file}")
            )
            for file in ("METADATA", "WHEEL", "licenses/LICENSE")
        )
    assert f"Tag: py3-none-linux_{platform.machine()}\n" in tags
    assert "Root-Is-Purelib: false\n" in tags
    assert "Apache License" in licence
    expected = {levels.library_file(level, ABI_VERSION) for level in levels.possible()}
    assert {name for name in names if "/libqtangent" in name} == {f"qtangent/lib/{name}" for name in expected}
    assert names >= {
        f"qtangent/{name}"
        for name in (
            "include/qtangent.h", "abi.json", "lib/pkgconfig/qtangent.pc", "licenses/QTangent.txt",
            "licenses/Swift.txt", "licenses/XLA.txt",
        )
    }  # fmt: skip
    required = [
        line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line
    ]
    assert [line.split()[1].split(">")[0] for line in required] == ["numpy", "scipy"]
    done = pip("install", wheel, "--no-deps", "--target", tmp_path / "site")
    assert done.returncode == 0, done.stderr
    script = (
        "import qtangent as qt; print(qt.__file__, qt.Model(qt.Circuit(1).h(0), qt.pauli('X')).predict([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    )  # fmt: skip
    assert done.stdout.startswith(str(tmp_path / "site")), done.stderr
    assert "[1.]" in done.stdout or "[1" in done.stdout

    # What the readme promises of a fresh install: somebody's circuit and table, from nothing but the command.
    circuit = PROJECT.parent / "Tests/Golden/qiskit-zz-real-amplitudes.qasm"
    shutil.copy(circuit, tmp_path / "mine.qasm")
    rows = [f"{k % 3},{k % 5},{k % 2},{k % 7},{'cat' if k % 2 else 'dog'}" for k in range(40)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,c,d,label", *rows]))
    command = "study --circuit mine.qasm --dataset mine.csv --target label --steps 20"
    done = subprocess.run(
        [sys.executable, "-m", "qtangent", *command.split()], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "mine.qasm: 4 qubits" in (tmp_path / "study/report.html").read_text()
