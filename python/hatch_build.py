"""Puts the native library into the wheel, and the Swift package into the sdist.

A wheel carries the library of every CPU level, so that it runs anywhere, and what C programs need: header, description of
the interface, pkg-config file; and the licences of all that is linked in. QTANGENT_BUILD_LEVELS=native builds the one level
that this machine loads, for an installation that stays here: in half the time on few cores. QTANGENT_GLIBC: build_native.py.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Package.swift names its test targets, so SwiftPM rejects it without them.
NATIVE = ("Package.swift", "Sources", "Tests", "Benchmarks", "Examples", "bindings")


class NativeBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        here = Path(self.root)
        native = runpy.run_path(str(here / "build_native.py"))
        swift_package: Path = native["SWIFT_PACKAGE"]
        licence = next(folder / "LICENSE" for folder in (here, here.parent) if (folder / "LICENSE").exists())
        if self.target_name == "sdist":
            build_data["force_include"].update(
                {str(swift_package / name): f"native/{name}" for name in NATIVE} | {str(licence): "LICENSE"}
            )
            return
        levels = os.environ.get("QTANGENT_BUILD_LEVELS") or "all"
        done = subprocess.run(
            [sys.executable, here / "build_native.py", levels], stderr=subprocess.PIPE, text=True
        )
        if done.returncode:
            self.app.abort(done.stderr)
        carried = {
            swift_package / "bindings/include/qtangent.h": "include/qtangent.h",
            swift_package / "bindings/abi.json": "abi.json",
            here / "licenses/README.md": "licenses/README.md",
            licence: "licenses/QTangent.txt",
            swift_package / "Sources/CTangentXLA/xla/LICENSE": "licenses/XLA.txt",
            native["toolchain"]() / "share/swift/LICENSE.txt": "licenses/Swift.txt",
        }
        if os.environ.get("QTANGENT_GLIBC"):
            zig = importlib.util.find_spec("ziglang")
            assert zig is not None
            assert zig.origin is not None
            carried[Path(zig.origin).with_name("LICENSE")] = "licenses/Zig.txt"
        build_data["force_include"].update({str(file): f"qtangent/{name}" for file, name in carried.items()})
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform()}"


def _platform() -> str:
    if sys.platform == "darwin":
        # The oldest system that Package.swift names; Python's own platform may be that of two processors.
        return f"macosx_26_0_{platform.machine()}"
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")
