"""What a name in the user's Python file stands for, with errors that point into that file."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from .._native.arrays import shown
from .._native.errors import FileError, InvalidArgumentError
from .._native.strangers import read_all


def value_in_file(path: Path, name: str) -> Any:
    """The value called `name` in a Python file, or what it returns where it can be called, without arguments.

    The file is run as a module of its own, not as __main__, and may import its neighbours.

    Raises:
        InvalidArgumentError: the file or the function raises, the name is missing, or the function needs arguments.
        FileError: the file cannot be read.
    """
    with _neighbours_importable(path):
        value = _named(path, name)
        if not callable(value):
            return value
        signature = _signature(value)
        try:
            signature.bind()
        except TypeError:
            raise InvalidArgumentError(
                f"{path}:{name}{signature} needs arguments; it is called without: give them defaults"
            ) from None
        return _pointing_into(path, value)


def function_in_file(path: Path, name: str, example: tuple[Any, ...]) -> Callable[..., Any]:
    """The function called `name` in a Python file, whose errors point into the file.

    Args:
        path: of the file.
        name: of the function.
        example: arguments that it must take.

    Raises:
        InvalidArgumentError: the file raises, the name is missing, or stands for nothing that takes such arguments.
        FileError: the file cannot be read.
    """
    with _neighbours_importable(path):
        value = _named(path, name)
    try:
        _signature(value).bind(*example)
    except TypeError as error:
        raise InvalidArgumentError(
            f"{path}:{name} is {shown(value)}, no function of {len(example)} arguments"
        ) from error

    def called(*arguments: Any) -> Any:
        with _neighbours_importable(path):
            return _pointing_into(path, lambda: value(*arguments))

    return called


def _named(path: Path, name: str) -> Any:
    try:
        source = read_all(path)
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror or error}") from error
    module = _module(path, source)
    if not hasattr(module, name):
        raise InvalidArgumentError(f"{path} has no {name or 'empty name'!r}; {_defined(module)}")
    return getattr(module, name)


def _module(path: Path, source: bytes) -> ModuleType:
    spec = importlib.util.spec_from_loader(f"circuit_file_{path.stem}", loader=None, origin=str(path))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look themselves up there

    def run() -> None:
        exec(compile(source, str(path), "exec"), module.__dict__)

    _pointing_into(path, run)
    return module


def _pointing_into(path: Path, call: Callable[[], Any]) -> Any:
    """What the call returns; an exception becomes one line with the last place in the file that led to it."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except SyntaxError as error:
        where = error.filename or path
        text = (error.text or "").strip()
        raise InvalidArgumentError(
            f"{where}, line {error.lineno}: {error.msg}{f' in `{text}`' if text else ''}"
        ) from error
    except BaseException as error:  # the user's code may even exit
        frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
        place = f"{path}, line {frames[-1].lineno}, `{frames[-1].line}`" if frames else str(path)
        said = _said(error)
        raise InvalidArgumentError(
            f"{place} raises {type(error).__name__}{f': {said}' if said else ''}"
        ) from error


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except ValueError:  # some of what is compiled has none
        return inspect.signature(lambda *_: None)


def _said(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())
    except Exception:  # what a stranger's exception raises
        return ""


@contextmanager
def _neighbours_importable(path: Path) -> Iterator[None]:
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _defined(module: ModuleType) -> str:
    """The functions that the file itself defines."""
    names = [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    ]
    return f"it defines {', '.join(names)}" if names else "it defines no function"
