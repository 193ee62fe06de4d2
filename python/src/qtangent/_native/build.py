"""What the native library is."""

from __future__ import annotations

import json
from typing import Any

from .calls import read_bytes


def build_info() -> dict[str, Any]:
    """Version, ABI, CPU level in use, layout class, number of threads, bytes a call may take now, whether invariants
    are checked (QTANGENT_CHECK=1), compiler and configuration of the native library.

    The layout class tells for how many cores calls are cut into units: "few" on machines with fewer than eight
    processors, else "many"; QTANGENT_LAYOUT asks for the other one. Results of the two differ in their last bits."""
    info: dict[str, Any] = json.loads(read_bytes("qtg_build_info"))
    return info
