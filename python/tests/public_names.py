"""Everything public of the package, by name."""

from __future__ import annotations

import contextlib
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType

import qtangent as qt

INNER = ["convergence.claims"]


def modules() -> list[ModuleType]:
    inside = [name for name in qt.__all__ if isinstance(getattr(qt, name), ModuleType)]
    return [qt, *(importlib.import_module(f"qtangent.{name}") for name in [*inside, *qt._LAZY, *INNER])]


def public(module: ModuleType) -> dict[str, object]:
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    found = {}
    for name in names:
        # Guests' base classes are not there without the guest; tests/guests reads those.
        with contextlib.suppress(ImportError):
            found[name] = getattr(module, name)
    return found


def members(kind: type) -> Iterator[tuple[str, object]]:
    """Public methods and properties, those of the package's base classes among them."""
    for base in kind.__mro__:
        if base.__module__.startswith("qtangent"):
            for name, value in vars(base).items():
                # Slots are described where their class is.
                if name.startswith("_") or inspect.ismemberdescriptor(value):
                    continue
                if callable(value) or hasattr(value, "__get__"):
                    yield name, value


def documented() -> Iterator[tuple[str, object]]:
    """Dotted names of all public functions, classes, methods and properties."""
    seen = set()
    for module in modules():
        for name, value in public(module).items():
            if id(value) in seen or isinstance(value, ModuleType):
                continue
            seen.add(id(value))
            if inspect.isfunction(value) or isinstance(value, type):
                yield f"{module.__name__}.{name}", value
            if isinstance(value, type):
                for inner, member in members(value):
                    yield f"{module.__name__}.{name}.{inner}", member
