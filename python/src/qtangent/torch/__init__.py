"""A model as a layer of a PyTorch module (extra `torch`), which is imported when the layer is first named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .layer import Layer

__all__ = ["Layer"]


def __getattr__(name: str) -> object:
    if name == "Layer":
        from .layer import Layer

        return Layer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
