"""Builds the native library with SwiftPM and lays it into src/qtangent/lib, once for each CPU level.

    python build_native.py [all | native | here]

all: for a wheel that other machines install; native: the one level that this machine loads; here: every level that this
machine runs. The levels build beside each other. In a checkout this folder lies beside Package.swift; an sdist carries
the Swift package under native/. Libraries of other levels are removed, since they would be out of date.
"""

from __future__ import annotations

import os
import platform
import runpy
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SWIFT_PACKAGE = HERE / "native" if (HERE / "native").exists() else HERE.parent
LIBRARIES = HERE / "src/qtangent/lib"


def wanted(which: str) -> list[str]:
    levels = runpy.run_path(str(HERE / "src/qtangent/_native/levels.py"))
    everywhere = list(levels["LEVELS"]) if platform.machine() == "x86_64" else ["baseline"]
    choices = {"all": everywhere, "native": levels["available"]()[:1], "here": levels["available"]()}
    if which not in choices:
        sys.exit(f"QTangent is built for {', '.join(choices)}, not for {which!r}")
    return choices[which]


def built_library(package: Path, level: str) -> Path:
    """Where SwiftPM puts the library of a level, unstripped."""
    return package / f".build-{level.removeprefix('x86-64-')}" / "release/libqtangent.so"


def swift_build(package: Path, level: str) -> list[str]:
    """The command that compiles the library of a checkout for a level."""
    options = [
        "--package-path",
        str(package),
        "--scratch-path",
        str(built_library(package, level).parents[1]),
    ]
    options += [
        "-Xswiftc",
        "-static-stdlib",
        "-Xlinker",
        f"--version-script={package / 'bindings/exports.map'}",
    ]
    options += [] if level == "baseline" else ["-Xcc", f"-march={level}"]
    return ["swift", "build", "-c", "release", "--product", "qtangent", *options]


def build(level: str, printing: threading.Lock) -> None:
    """Builds one level and says what the compiler does.

    Raises:
        RuntimeError: if that failed; with all that the compiler said.
    """
    command = swift_build(SWIFT_PACKAGE, level)
    said = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as compiler:
        assert compiler.stdout is not None
        for line in compiler.stdout:
            said.append(line)
            with printing:
                print(f"{level}: {line.rstrip()}", flush=True)
    if compiler.returncode:
        raise RuntimeError("".join([*said, f"building the native library failed: {' '.join(command)}"]))
    library = LIBRARIES / f"libqtangent-{level}.so"
    # A new file in place of the old one: a process that has the old one loaded keeps it.
    temporary = library.with_suffix(f".{os.getpid()}.tmp")
    shutil.copyfile(built_library(SWIFT_PACKAGE, level), temporary)
    if strip := shutil.which("strip"):
        subprocess.run([strip, "--strip-unneeded", str(temporary)], check=True)
    temporary.replace(library)


def main() -> None:
    if not sys.platform.startswith("linux"):
        sys.exit(f"QTangent builds on Linux only, this is {sys.platform}")
    if shutil.which("swift") is None:
        sys.exit("building QTangent needs `swift` (6.3 or newer) on PATH: https://www.swift.org/install")
    levels = wanted(sys.argv[1] if len(sys.argv) > 1 else "all")
    LIBRARIES.mkdir(exist_ok=True)
    for library in LIBRARIES.glob("*.so"):
        if library.stem.removeprefix("libqtangent-") not in levels:
            library.unlink()
    printing = threading.Lock()
    with ThreadPoolExecutor(len(levels)) as pool:
        builds = [pool.submit(build, level, printing) for level in levels]
    for done in builds:
        if error := done.exception():
            sys.exit(str(error))


if __name__ == "__main__":
    main()
