"""What docstrings leave open."""

from __future__ import annotations

import functools
import inspect
import re

ARRAY = re.compile(r"ArrayLike|NDArray|\bReal\b|\bComplex\b")
SHAPE = re.compile(r"\((?=[^()]*\w)[^()]*,[^()]*\)")  # (m,), (s, p), (m, 2^n)


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
