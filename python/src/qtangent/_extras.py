"""Optional packages, imported when they are used and named with their install line when they are missing."""

from __future__ import annotations

import importlib
from typing import Any


def require(module: str, package: str, extra: str) -> Any:
    """The module, or an ImportError that says how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != module.split(".")[0]:
            raise
        raise ImportError(
            f"this needs {package}: pip install {package}, or, in a clone of QTangent, "
            f'pip install "./python[{extra}]" for all of it'
        ) from None


def tqdm() -> Any:
    """The progress bar for notebook or terminal."""
    return require("tqdm.auto", "tqdm", "study").tqdm
