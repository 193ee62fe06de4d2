"""What `help` says of everything public: each parameter, the shapes of arrays, what is raised."""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import qtangent as qt

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from qtangent._native.arrays import Real

INNER = ["convergence.claims"]
ARRAY = re.compile(r"ArrayLike|NDArray|\bReal\b|\bComplex\b")
SHAPE = re.compile(r"\((?=[^()]*\w)[^()]*,[^()]*\)")  # (m,), (s, p), (m, 2^n)


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


def entries(section: str, doc: str) -> dict[str, str]:
    """The entries of a Google-style section: `X, states: text` is one of X and one of states."""
    found = re.search(rf"^{section}:\n((?:(?: .*)?\n?)*)", doc, re.MULTILINE)
    texts: dict[str, str] = {}
    names: list[str] = []
    for line in found.group(1).splitlines() if found else []:
        if start := re.match(r"    (\*{0,2}\w+(?:, \*{0,2}\w+)*): (.*)", line):
            names = [name.lstrip("*") for name in start.group(1).split(", ")]
            texts |= dict.fromkeys(names, start.group(2))
        else:
            texts |= {name: f"{texts[name]} {line.strip()}" for name in names}
    return texts


def faults(value: object) -> list[str]:
    """What a reader of help(value) would miss."""
    is_property = isinstance(value, (property, functools.cached_property))
    function = value
    if isinstance(value, property):
        function = value.fget
    elif isinstance(value, functools.cached_property):
        function = value.func
    elif isinstance(value, (classmethod, staticmethod)):
        function = value.__func__
    doc = inspect.getdoc(function)
    if not doc:
        return ["has no docstring"]
    if not inspect.isfunction(function):
        return []
    signature = inspect.signature(function)
    parameters = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
    described = entries("Args", doc)
    found = []
    for one in parameters:
        if one.name not in described:
            found.append(f"{one.name} is not among Args")
        elif ARRAY.search(str(one.annotation)) and not SHAPE.search(described[one.name]):
            found.append(f"{one.name} has no shape")
    if ARRAY.search(str(signature.return_annotation)):
        returned = doc if is_property or not parameters else doc.partition("\nReturns:\n")[2]
        if not SHAPE.search(returned):
            found.append("the result has no shape")
    if parameters and not entries("Raises", doc):
        found.append("says nothing of errors")
    return found


EVERYTHING = dict(documented())


@pytest.mark.parametrize("name", EVERYTHING)
def test_help_is_enough(name):
    assert faults(EVERYTHING[name]) == []


def test_what_is_public_is_seen():
    seen = {
        "qtangent.train", "qtangent.Model.jacobian", "qtangent.Model.z_sum", "qtangent.Circuit.rx",
        "qtangent.Run.load", "qtangent.convergence.Study.save", "qtangent.convergence.Study.kernel_change",
        "qtangent.convergence.claims.plateau", "qtangent.datasets.iris", "qtangent.ansatz.haar",
    }  # fmt: skip
    assert seen <= set(EVERYTHING)


class Planted:
    def silent(self):
        return 1

    def unnamed(self, theta: ArrayLike) -> float:
        """The mean."""

    def shapeless(self, theta: ArrayLike) -> Real:
        """The mean.

        Args:
            theta: the parameters.

        Returns:
            The means.

        Raises:
            InvalidArgumentError: for no parameters.
        """

    def fearless(self, theta: ArrayLike, steps: int) -> Real:
        """The mean.

        Args:
            theta, steps: (p,), and how many.

        Returns:
            (s, p).
        """

    @property
    def flat(self) -> Real:
        """The means."""

    def good(self, theta: ArrayLike, X: ArrayLike | None = None) -> Real:
        """The mean.

        Args:
            theta: (p,),
                or (s, p).
            X: features, real (m, f).

        Returns:
            (m, 2^n).

        Raises:
            InvalidArgumentError: for no parameters.
        """


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("silent", ["has no docstring"]),
        ("unnamed", ["theta is not among Args", "says nothing of errors"]),
        ("shapeless", ["theta has no shape", "the result has no shape"]),
        ("fearless", ["says nothing of errors"]),
        ("flat", ["the result has no shape"]),
        ("good", []),
    ],
)
def test_a_planted_gap_is_found(name, expected):
    assert faults(vars(Planted)[name]) == expected


def test_a_planted_method_is_among_those_that_are_read(monkeypatch):
    monkeypatch.setattr(qt.Model, "undocumented", Planted.silent, raising=False)
    assert [name for name, value in documented() if faults(value)] == ["qtangent.Model.undocumented"]
