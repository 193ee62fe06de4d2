"""The native library as the package uses it: loading, calls, interruption, arrays, errors, samples."""

from .build import build_info
from .calls import call, last_error, read_bytes
from .handles import Handle, create
from .interruption import DIRECT_SECONDS, interruptible
from .library import lib, library_path
from .results import result
from .settings import get_num_threads, set_num_threads

__all__ = [
    "DIRECT_SECONDS",
    "Handle",
    "build_info",
    "call",
    "create",
    "get_num_threads",
    "interruptible",
    "last_error",
    "lib",
    "library_path",
    "read_bytes",
    "result",
    "set_num_threads",
]
