"""Models: a circuit, what is measured after it, and all that is computed of it."""

from .model import Model, expect_model

__all__ = ["Model", "expect_model"]
