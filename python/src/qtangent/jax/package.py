"""The package JAX."""

from __future__ import annotations

from typing import Any

from .._extras import require


def load() -> Any:
    """JAX, or an ImportError that says how to install it."""
    return require("jax", "jax", "jax", at_least="0.10")
