"""Builds the native library with SwiftPM and lays it into src/qtangent/lib, once for each CPU level.

    python build_native.py [all | native | here]

all: for a wheel that other machines install; native: the one level that this machine loads; here: every level that this
machine runs. The levels build beside each other. In a checkout this folder lies beside Package.swift; an sdist carries
the Swift package under native/. Libraries of other levels are removed, since they would be out of date.

QTANGENT_GLIBC=2.28 links them anew for that version of glibc (relink.py), so that older systems run them.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SWIFT_PACKAGE = HERE / "native" if (HERE / "native").exists() else HERE.parent
LIBRARIES = HERE / "src/qtangent/lib"


def levels() -> dict[str, Any]:
    """What levels.py defines, which may not import the package: it needs the library."""
    return runpy.run_path(str(HERE / "src/qtangent/_native/levels.py"))


def wanted(which: str) -> list[str]:
    found = levels()
    choices = {"all": found["possible"](), "native": found["available"]()[:1], "here": found["available"]()}
    if which not in choices:
        sys.exit(f"QTangent is built for {', '.join(choices)}, not for {which!r}")
    return choices[which]


def abi_version(package: Path) -> int:
    return int(json.loads((package / "bindings/abi.json").read_text())["abi_version"])


def toolchain() -> Path:
    """The folder of the Swift toolchain that bin, lib and share lie in."""
    command = ["swiftc", "-print-target-info"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Path(json.loads(done.stdout)["paths"]["runtimeResourcePath"]).parents[1]


def built_library(package: Path, level: str) -> Path:
    """Where SwiftPM puts the library of a level, unstripped."""
    suffix = "dylib" if sys.platform == "darwin" else "so"
    return package / f".build-{level.removeprefix('x86-64-')}" / f"release/libqtangent.{suffix}"


def linking(package: Path) -> list[str]:
    """What makes the library one for others to link: its name, and no symbols but those of the interface."""
    name, bindings = levels()["soname"](abi_version(package)), package / "bindings"
    if sys.platform == "darwin":
        # The Swift runtime is part of the system.
        words = [
            "-install_name",
            f"@rpath/{name}",
            "-exported_symbols_list",
            str(bindings / "exports.darwin"),
        ]
    else:
        words = [f"-soname={name}", f"--version-script={bindings / 'exports.map'}"]
    static = [] if sys.platform == "darwin" else ["-Xswiftc", "-static-stdlib"]
    return static + [option for word in words for option in ("-Xlinker", word)]


def swift_build(package: Path, level: str) -> list[str]:
    """The command that compiles the library of a checkout for a level."""
    options = [
        "--package-path",
        str(package),
        "--scratch-path",
        str(built_library(package, level).parents[1]),
    ]
    options += linking(package)
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
    library = LIBRARIES / levels()["library_file"](level, abi_version(SWIFT_PACKAGE))
    library.parent.mkdir(parents=True, exist_ok=True)
    # A new file in place of the old one: a process that has the old one loaded keeps it.
    temporary = library.with_name(f"{library.name}.{os.getpid()}.tmp")
    built = built_library(SWIFT_PACKAGE, level)
    if glibc := os.environ.get("QTANGENT_GLIBC"):
        from relink import relink

        exports = SWIFT_PACKAGE / "bindings/exports.map"
        relink(built, toolchain(), glibc, library.name, exports, temporary)
    else:
        shutil.copyfile(built, temporary)
    if strip := shutil.which("strip"):
        # What macOS calls local symbols, GNU calls unneeded ones.
        subprocess.run(
            [strip, "-x" if sys.platform == "darwin" else "--strip-unneeded", str(temporary)], check=True
        )
    temporary.replace(library)


def pkg_config(level: str) -> str:
    """What pkg-config tells C compilers of the library of a level, from wherever the package is installed."""
    file = levels()["library_file"](level, abi_version(SWIFT_PACKAGE))
    folder, _, name = f"lib/{file}".rpartition("/")
    named = name.removeprefix("lib").removesuffix(".dylib") if sys.platform == "darwin" else f":{name}"
    source = (HERE / "src/qtangent/__init__.py").read_text()
    version = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    assert version is not None
    return f"""\
prefix=${{pcfiledir}}/../..
includedir=${{prefix}}/include
libdir=${{prefix}}/{folder}

Name: QTangent
Description: simulation and training of quantum neural networks, and their tangent kernels
Version: {version[1]}
Cflags: -I${{includedir}}
Libs: -L${{libdir}} -Wl,-rpath,${{libdir}} -l{named}
"""


def main() -> None:
    if not sys.platform.startswith(("linux", "darwin")):
        sys.exit(f"QTangent builds on Linux only (on macOS untested), this is {sys.platform}")
    if shutil.which("swift") is None:
        sys.exit("building QTangent needs `swift` (6.3 or newer) on PATH: https://www.swift.org/install")
    chosen = wanted(sys.argv[1] if len(sys.argv) > 1 else "all")
    files = {LIBRARIES / levels()["library_file"](level, abi_version(SWIFT_PACKAGE)) for level in chosen}
    for library in LIBRARIES.rglob("libqtangent*"):
        # Another build that runs beside this one is about to rename its temporary file.
        if library not in files and library.suffix != ".tmp":
            library.unlink()
    printing = threading.Lock()
    with ThreadPoolExecutor(len(chosen)) as pool:
        builds = [pool.submit(build, level, printing) for level in chosen]
    for done in builds:
        if error := done.exception():
            sys.exit(str(error))
    described = LIBRARIES / "pkgconfig/qtangent.pc"
    described.parent.mkdir(exist_ok=True)
    # Linked with the lowest level, a program runs wherever one of them does.
    described.write_text(pkg_config(chosen[-1]))


if __name__ == "__main__":
    main()
