"""Tries a wheel as its users will: in fresh environments, without Swift.

    python check_wheel.py dist/qtangent-0.1.0-py3-none-manylinux_2_28_x86_64.whl

1. The file: at most 15 MB, with licences, header and pkg-config file.
2. With NumPy and SciPy alone: the readme's example prints what the readme says, the C examples are compiled against what
   the wheel carries and run with the best CPU level, the libraries compute the same bits as SwiftPM's.
3. With the extra `study`: a short `qtangent study`, to its report.
4. Every other Python found that the package supports: import and a prediction.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LARGEST = 15_000_000
"""Bytes of a wheel."""
PYTHONS = [f"python3.{minor}" for minor in range(10, 16)]
# What is on PATH, besides the environment's own programs.
TOOLS = ("cc", "gcc", "ld", "as", "env", "sh", "ldd", "uname")
CARRIED = (
    "include/qtangent.h", "abi.json", "lib/pkgconfig/qtangent.pc", "licenses/QTangent.txt", "licenses/Swift.txt",
    "licenses/XLA.txt", "licenses/Zig.txt", "licenses/README.md",
)  # fmt: skip
PREDICT = "import qtangent as qt; print(qt.Model(qt.Circuit(1).h(0), qt.pauli('X')).predict([]))"


def check_file(wheel: Path) -> None:
    size = wheel.stat().st_size
    expect(size <= LARGEST, f"the wheel has {size} bytes, {LARGEST} are the most")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for name in CARRIED:
            expect(f"qtangent/{name}" in names, f"the wheel lacks qtangent/{name}")
        expect(
            b"Runtime Library Exception" in archive.read("qtangent/licenses/Swift.txt"),
            "Swift.txt is not the licence of Swift's runtime",
        )
    print(f"{wheel.name}: {size / 1e6:.1f} MB")


class Environment:
    """A virtual environment, and what runs in it sees of the machine."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.folder = folder
        run([python, "-m", "venv", folder])
        tools = folder / "tools"
        tools.mkdir()
        for tool in TOOLS:
            if found := shutil.which(tool):
                (tools / tool).symlink_to(found)
        # Without what tells Python of a checkout, and without Swift.
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("QTANGENT_", "PYTHON"))
        }
        self.variables = {**kept, "PATH": f"{folder / 'bin'}:{tools}"}
        expect(
            shutil.which("swift", path=self.variables["PATH"]) is None, f"swift lies on the PATH of {folder}"
        )

    def install(self, wheel: Path, extras: str = "") -> None:
        self.run(
            "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}{extras}"
        )

    def run(self, *command: str | Path, **variables: str) -> str:
        """What a program prints."""
        program = self.folder / "bin" / command[0]
        words = [program if program.exists() else command[0], *command[1:]]
        return run(words, cwd=self.folder, env={**self.variables, **variables})


def run(command: Sequence[str | Path], **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    expect(done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return str(done.stdout)


def runs(python: str) -> bool:
    """Whether there is such a Python; what chooses among several versions may stand there for one that is not chosen."""
    return (
        shutil.which(python) is not None
        and subprocess.run([python, "-c", ""], capture_output=True).returncode == 0
    )


def expect(holds: bool, complaint: str) -> None:
    if not holds:
        sys.exit(f"check_wheel: {complaint}")


@contextmanager
def step(words: str) -> Iterator[None]:
    print(f"{words} ...", end=" ", flush=True)
    yield
    print("ok", flush=True)


def check_readme(environment: Environment) -> None:
    readme = (ROOT / "README.md").read_text()
    code, output = re.findall(r"```(?:python|text)\n(.*?)```", readme, re.DOTALL)
    printed = environment.run("python", "-c", code)
    expect(printed == output, f"the readme's example printed\n{printed}")


def check_c(environment: Environment, pkg_config: str) -> None:
    """C programs find the library by pkg-config, run with the best level, and know where it lies without being told."""
    described = environment.run("qtangent", "info", "--paths", "pkg-config").strip()
    asked = [*pkg_config.split(), "--cflags", "--libs", "qtangent"]
    flags = run(asked, env={**os.environ, "PKG_CONFIG_PATH": described})
    best = environment.run(
        "python", "-c", "import qtangent as qt; print(qt.build_info()['cpu_level'])"
    ).strip()
    expects_best = tuple(map(int, platform.libc_ver()[1].split("."))) >= (2, 33)
    for example in sorted((ROOT / "bindings/examples").glob("*.c")):
        binary = environment.folder / example.stem
        strict = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
        environment.run("cc", *strict, example, *flags.split(), "-lm", "-o", binary)
        expect(bool(environment.run(binary)), f"{example.name} printed nothing")
        loaded = environment.run("ldd", binary)
        expect(
            str(environment.folder / "lib") in loaded, f"{example.name} does not run with the wheel's library"
        )
        if expects_best and best != "baseline":
            expect(f"glibc-hwcaps/{best}/" in loaded, f"{example.name} does not run with the level {best}")


def check_bits(environment: Environment, built: Path) -> None:
    """Every result of tests/level_worker.py, at each level, with this wheel's library and with SwiftPM's."""
    compare = "import sys, numpy as np; a, b = map(np.load, sys.argv[1:]); assert set(a) == set(b); "
    compare += (
        "bad = [k for k in a if a[k].tobytes() != b[k].tobytes()]; print(len(a.files)); assert not bad, bad"
    )
    levels = environment.run(
        "python", "-c", "from qtangent._native import levels; print(*levels.available())"
    )
    for level in levels.split():
        results = []
        library = built / f".build-{level.removeprefix('x86-64-')}/release/libqtangent.so"
        for name, variables in (("wheel", {}), ("swiftpm", {"QTANGENT_LIBRARY": str(library)})):
            results.append(environment.folder / f"{name}-{level}.npz")
            worker = HERE / "tests/level_worker.py"
            environment.run("python", worker, results[-1], QTANGENT_CPU_LEVEL=level, **variables)
        environment.run("python", "-c", compare, *results)


def check_study(environment: Environment) -> None:
    words = "study --dataset iris --scale 1 --layers 4 --train 8 --time 1 --records 20 --out found"
    environment.run("qtangent", *words.split())
    expect((environment.folder / "found/report.html").stat().st_size > 10_000, "the study has no report")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--pkg-config", default="pkg-config", help="command that reads the .pc file")
    parser.add_argument("--built", type=Path, default=ROOT, help="where the folders .build-* of SwiftPM lie")
    arguments = parser.parse_args()
    wheel = arguments.wheel.resolve()
    check_file(wheel)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        core = Environment(folder / "core")
        with step("NumPy and SciPy alone: installing"):
            core.install(wheel)
            packages = (
                "from importlib.metadata import distributions as d; print(*{one.name.lower() for one in d()})"
            )
            found = set(core.run("python", "-c", packages).split()) - {"pip", "setuptools", "wheel"}
            expect(found == {"numpy", "scipy", "qtangent"}, f"the wheel brought {', '.join(sorted(found))}")
        with step("the readme's example"):
            check_readme(core)
        with step("C examples"):
            check_c(core, arguments.pkg_config)
        with step("the same bits as SwiftPM's library"):
            check_bits(core, arguments.built)
        study = Environment(folder / "study")
        with step("qtangent study, with the extra study"):
            study.install(wheel, "[study]")
            check_study(study)
        for python in filter(runs, PYTHONS):
            with step(f"import under {python}"):
                other = Environment(folder / python, python)
                other.install(wheel)
                expect("1" in other.run("python", "-c", PREDICT), "wrong prediction")


if __name__ == "__main__":
    main()
