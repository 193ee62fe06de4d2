"""Optional packages, imported when they are used and named with their install line when they are missing."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ._native.arrays import flag


def require(module: str, package: str, extra: str, at_least: str | None = None) -> Any:
    """The module, or an ImportError that says how to install it, or its first version that will do."""
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != module.split(".")[0]:
            raise
        raise ImportError(
            f"this needs {package}: pip install {package}, or, for all of it, {install_line(extra)}"
        ) from None
    if at_least is None:
        return found
    # As slow to import as half of this package.
    from importlib.metadata import version as installed

    if _numbers(version := installed(package)) < _numbers(at_least):
        raise ImportError(
            f"this needs {package} {at_least} or newer, {version} is installed: pip install --upgrade {package}"
        )
    return found


def expect(module: str, package: str, extra: str) -> None:
    """Raises what `require` would where the module is missing, without the time to import it."""
    if importlib.util.find_spec(module) is None:
        require(module, package, extra)


def install_line(extra: str) -> str:
    """How to install an extra, from a clone or from a wheel that somebody handed on: nothing is published yet."""
    return f'pip install "./python[{extra}]" in a clone of QTangent, or "FILE.whl[{extra}]" with its wheel'


def _numbers(version: str) -> list[int]:
    """Major and minor number of a version."""
    return [int(number) for number in re.findall(r"\d+", version)[:2]]


def tqdm() -> Any:
    """The progress bar for notebook or terminal."""
    return require("tqdm.auto", "tqdm", "study").tqdm


@contextmanager
def bar(shown: bool, total: int, words: str) -> Iterator[Callable[[float], None]]:
    """A function that moves a progress bar on by so much; it shows nothing unless `shown`."""
    if not flag("progress", shown):
        yield lambda _: None
        return
    with tqdm()(total=total, desc=words, leave=False) as drawn:
        yield lambda amount: (drawn.update(amount), None)[1]
