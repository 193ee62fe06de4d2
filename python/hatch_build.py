"""Puts the native library into the wheel, and the Swift package into the sdist.

A wheel carries the library of every CPU level, so that it runs anywhere. QTANGENT_BUILD_LEVELS=native builds the one
that this machine loads, for an installation that stays here: in half the time on few cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Package.swift names its test targets, so SwiftPM rejects it without them.
NATIVE = ("Package.swift", "Sources", "Tests", "Benchmarks", "bindings")


class NativeBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        here = Path(self.root)
        if self.target_name == "sdist":
            swift_package = here / "native" if (here / "native").exists() else here.parent
            build_data["force_include"].update(
                {str(swift_package / name): f"native/{name}" for name in NATIVE}
                | {str(swift_package / "LICENSE"): "LICENSE"}
            )
            return
        levels = os.environ.get("QTANGENT_BUILD_LEVELS") or "all"
        done = subprocess.run(
            [sys.executable, here / "build_native.py", levels], stderr=subprocess.PIPE, text=True
        )
        if done.returncode:
            self.app.abort(done.stderr)
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
