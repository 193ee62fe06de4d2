"""Builds the native library with SwiftPM and puts it into the wheel, once per CPU level.

In a checkout the package lies beside Package.swift; an sdist carries the Swift package under native/.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Level of the loader (qtangent/_native/library.py): compiler flags. Other machines need the first alone.
LEVELS = {
    "baseline": [],
    "x86-64-v3": ["-Xcc", "-march=x86-64-v3"],
}

# Package.swift names its test targets, so SwiftPM rejects it without them.
NATIVE = ("Package.swift", "Sources", "Tests", "Benchmarks", "bindings")


class NativeBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        here = Path(self.root)
        swift_package = here / "native" if (here / "native").exists() else here.parent
        if self.target_name == "sdist":
            build_data["force_include"].update(
                {str(swift_package / name): f"native/{name}" for name in NATIVE}
                | {str(swift_package / "LICENSE"): "LICENSE"}
            )
            return
        libraries = here / "src/qtangent/lib"
        libraries.mkdir(exist_ok=True)
        for level in LEVELS if platform.machine() == "x86_64" else ["baseline"]:
            self.build(swift_package, level, libraries / f"libqtangent-{level}.so")
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")

    def build(self, swift_package: Path, level: str, library: Path) -> None:
        if not sys.platform.startswith("linux"):
            self.app.abort(f"QTangent builds on Linux only, this is {sys.platform}")
        swift = shutil.which("swift")
        if swift is None:
            self.app.abort(
                "building QTangent needs `swift` (6.3 or newer) on PATH: https://www.swift.org/install"
            )
        scratch = swift_package / f".build-{level.removeprefix('x86-64-')}"
        exports = swift_package / "bindings/exports.map"
        command = [
            swift,
            "build",
            "-c",
            "release",
            "--product",
            "qtangent",
            "--package-path",
            str(swift_package),
        ]
        command += ["--scratch-path", str(scratch), "-Xswiftc", "-static-stdlib", *LEVELS[level]]
        command += ["-Xlinker", f"--version-script={exports}"]
        self.app.display_info(f"building {library.name}")
        finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if finished.returncode:
            self.app.abort(f"{finished.stdout}\nbuilding the native library failed: {' '.join(command)}")
        # A new file in place of the old one: a process that has the old one loaded keeps it.
        temporary = library.with_suffix(".tmp")
        shutil.copyfile(scratch / "release/libqtangent.so", temporary)
        if strip := shutil.which("strip"):
            subprocess.run([strip, "--strip-unneeded", str(temporary)], check=True)
        temporary.replace(library)
