"""Links the objects that SwiftPM compiled anew, for an older glibc than this machine's.

Zig's linker driver carries stubs of every version of glibc (package ziglang, of `make wheel`'s own environment). The code
is that of the library that SwiftPM linked; what it takes from the C library is taken in the oldest form that will do.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

# What Swift's driver links a library with, by -static-stdlib and by what the objects themselves ask for.
RUNTIME = (
    "swiftGlibc",
    "swift_Builtin_float",
    "swift_Concurrency",
    "swift_StringProcessing",
    "swift_RegexParser",
    "swiftSynchronization",
    "swiftCore",
    "dispatch",
    "BlocksRuntime",
)

# libstdc++ has it since GCC 11; what calls it is about to fail for an array of negative size.
LACKED = """
#include <stdlib.h>
void _ZSt28__throw_bad_array_new_lengthv(void) { abort(); }
"""


def relink(built: Path, toolchain: Path, glibc: str, soname: str, exports: Path, result: Path) -> None:
    """Writes the library again for a version of glibc.

    Args:
        built: The library as SwiftPM linked it; the list of its objects lies beside it.
        toolchain: The folder of the Swift toolchain.
        glibc: The oldest version that shall do, as in 2.28.
        soname: The library's name to those who are linked with it.
        exports: The linker's version script.
        result: Where to write it.

    Raises:
        RuntimeError: if the linker failed, with what it said.
    """
    machine = platform.machine()
    static = toolchain / "lib/swift_static/linux"
    objects = built.parent / "qtangent.product/Objects.LinkFileList"
    with tempfile.TemporaryDirectory() as folder:
        lacked = Path(folder) / "lacked.c"
        lacked.write_text(LACKED)
        command = [
            *(sys.executable, "-m", "ziglang", "cc", "-target", f"{machine}-linux-gnu.{glibc}"),
            # Swift finds its metadata by sections that nothing refers to.
            *("-shared", "-s", "-O2", "-Wl,--no-gc-sections", "-o", str(result)),
            *(f"-Wl,-soname,{soname}", f"-Wl,--version-script={exports}"),
            *(f"@{objects}", str(static / machine / "swiftrt.o"), str(lacked)),
            *(f"-L{static}", *(f"-l{name}" for name in RUNTIME)),
            *(shared("libstdc++.so.6"), shared("libgcc_s.so.1"), "-lm", "-ldl", "-lpthread"),
        ]
        # Zig's own cache would stay in the home folder.
        cache = {"ZIG_GLOBAL_CACHE_DIR": folder, "ZIG_LOCAL_CACHE_DIR": folder}
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **cache}
        )
    if done.returncode:
        raise RuntimeError(f"{done.stdout}\nlinking for glibc {glibc} failed: {' '.join(command)}")


def shared(library: str) -> str:
    """The path of a library of the C++ compiler's."""
    command = ["gcc", f"-print-file-name={library}"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
