"""Writes a page of the reference for every public module, with every public name, those that are imported on first use
too, and ends the build where a name is missing from them.

What needs a guest to be defined (PyTorch, Qiskit, ...) is read from the source instead of being imported.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import qtangent
from docstrings import plain
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.ext.napoleon import GoogleDocstring

INNER = ("convergence.claims",)
GUESTS = {
    "qtangent.torch": {"Layer": "torch/layer.py"},
    "qtangent.pennylane": {"QTangentDevice": "pennylane/device.py"},
    "qtangent.qiskit": {"Estimator": "qiskit/primitives.py", "EstimatorGradient": "qiskit/gradients.py"},
}
"""Classes whose base is a class of another package, and where they are written."""

# The names of the package itself, a page a subject.
SUBJECTS = {
    "circuits": ("Circuits", ["circuits", "instructions", "angles"]),
    "models": ("Observables, data, models", ["observables", "samples", "models.model", "noise.model"]),
    "training": ("Training", ["training", "runs", "optimizers"]),
    "library": ("Errors and the library itself", None),
}


def modules() -> list[str]:
    """Public modules below the package, in order."""
    inside = [name for name in qtangent.__all__ if isinstance(getattr(qtangent, name), ModuleType)]
    return sorted({*inside, *qtangent._LAZY, *INNER})


def public(module: ModuleType) -> list[str]:
    """Functions and classes that a module alone offers: those it lists, or without a list those it defines."""
    offered = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if name[0] != "_" and getattr(value, "__module__", None) == module.__name__
    ]
    return [
        name
        for name in offered
        if name not in GUESTS.get(module.__name__, ())
        # What the package has too stands on its page.
        and (module is qtangent or getattr(qtangent, name, None) is not getattr(module, name))
        and (inspect.isfunction(getattr(module, name)) or isinstance(getattr(module, name), type))
    ]


def expected() -> set[str]:
    """Dotted names that the pages must have."""
    found = {f"qtangent.{name}" for name in public(qtangent)}
    for name in modules():
        module = importlib.import_module(f"qtangent.{name}")
        found |= {
            f"{module.__name__}.{inner}" for inner in [*public(module), *GUESTS.get(module.__name__, ())]
        }
    return found


def members(kind: type) -> list[str]:
    """Public members of a class that the package defines, in it or in bases of its own."""
    found: dict[str, None] = {}
    for base in kind.__mro__:
        if base.__module__.startswith("qtangent"):
            found |= dict.fromkeys(
                name
                for name in [*inspect.get_annotations(base), *vars(base)]
                # What scikit-learn sets on its subclasses is its own.
                if name[0] != "_" and not type(vars(base).get(name)).__module__.startswith("sklearn")
            )
    return list(found)


def described(module: str, name: str) -> Iterator[str]:
    """The directive of a function or class."""
    value = getattr(importlib.import_module(module), name)
    if inspect.isfunction(value):
        yield from (f".. autofunction:: {module}.{name}", "")
        return
    yield f".. autoclass:: {module}.{name}"
    if found := members(value):
        yield from (f"   :members: {', '.join(found)}", "   :undoc-members:")
    yield ""


def from_source(name: str, path: str, app: Sphinx) -> Iterator[str]:
    """A class as its source describes it."""
    file = Path(qtangent.__file__).parent / path
    (kind,) = (
        node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name == name
    )  # fmt: skip
    methods = {node.name: node for node in kind.body if isinstance(node, ast.FunctionDef)}
    start = methods.pop("__init__", None)
    yield f".. py:class:: {name}({_arguments(start)})"
    yield from _text(kind, app)
    for method in methods.values():
        if method.name[0] != "_" and ast.get_docstring(method):
            yield f"   .. py:method:: {method.name}({_arguments(method)})"
            yield from (f"   {line}".rstrip() for line in _text(method, app))


def _arguments(function: ast.FunctionDef | None) -> str:
    if function is None:
        return ""
    return ast.unparse(function.args).removeprefix("self, ").removeprefix("self")


def _text(node: ast.ClassDef | ast.FunctionDef, app: Sphinx) -> Iterator[str]:
    lines = plain((ast.get_docstring(node) or "").splitlines())
    yield ""
    converted = "\n".join(GoogleDocstring(lines, app.config).lines())
    yield from (f"   {line}".rstrip() for line in converted.splitlines())
    yield ""


def heading(text: str, sign: str = "=") -> list[str]:
    return [text, sign * len(text), ""]


def subject_pages() -> Iterator[tuple[str, list[str]]]:
    """The pages of the names that stand in the package itself."""
    left = public(qtangent)
    for page, (title, sources) in SUBJECTS.items():
        files = None if sources is None else [f"qtangent.{one}" for one in sources]
        names = [name for name in left if files is None or getattr(qtangent, name).__module__ in files]
        left = [name for name in left if name not in names]
        if files:
            names.sort(key=lambda name: files.index(getattr(qtangent, name).__module__))
        yield page, heading(title) + [line for name in names for line in described("qtangent", name)]


def module_page(name: str, app: Sphinx) -> list[str]:
    module = importlib.import_module(f"qtangent.{name}")
    title, *rest = plain((module.__doc__ or "").splitlines())
    lines = [*heading(f"qtangent.{name}"), f".. py:module:: qtangent.{name}", "", title, *rest, ""]
    for one in public(module):
        # A class of another page, such as Curve, has its place there.
        lines += described(module.__name__, one)
    for one, path in GUESTS.get(module.__name__, {}).items():
        lines += from_source(one, path, app)
    return lines


def write(app: Sphinx) -> None:
    """Writes the pages, where they have changed."""
    folder = Path(app.srcdir) / "reference/python"
    folder.mkdir(exist_ok=True)
    pages = dict(subject_pages()) | {name: module_page(name, app) for name in modules()}
    index = [
        *heading("Python"), "Every public name, from its docstring: shapes, units, errors and the source of a formula.", "",
        ".. toctree::", "   :maxdepth: 1", "", *(f"   {page}" for page in pages),
    ]  # fmt: skip
    for name, lines in {**pages, "index": index}.items():
        path, text = folder / f"{name}.rst", "\n".join(lines) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for stale in {path.stem for path in folder.glob("*.rst")} - {*pages, "index"}:
        (folder / f"{stale}.rst").unlink()


def check(app: Sphinx, env: Any) -> None:
    """Every public name is described."""
    if missing := sorted(expected() - set(env.domaindata["py"]["objects"])):
        raise ExtensionError(f"the reference lacks {', '.join(missing)}")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write)
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True}
