"""The package PyTorch."""

from __future__ import annotations

from typing import Any

from .._extras import require


def load() -> Any:
    """PyTorch, or an ImportError that says how to install it."""
    return require("torch", "torch", "torch", at_least="2.13")
