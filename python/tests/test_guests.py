"""Packages that circuits come from and models go to are not needed until used, and named where missing or too old."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import qtangent as qt

CALLS: dict[str, Callable[[], object]] = {
    "qiskit": lambda: qt.qiskit.observable(None),
    "pennylane": lambda: qt.pennylane.to_tape(qt.Circuit(1)),
    "torch": lambda: qt.torch.Layer,
    "jax": lambda: qt.jax.predict(qt.Model(qt.Circuit(1), qt.pauli("Z"))),
}
CLASSES: dict[str, Callable[[], object]] = {
    "qiskit": lambda: qt.qiskit.Estimator,
    "qiskit-machine-learning": lambda: qt.qiskit.EstimatorGradient,
    "pennylane": lambda: qt.pennylane.QTangentDevice,
}


@pytest.mark.parametrize("package", CLASSES)
def test_a_class_that_needs_a_missing_package_names_it(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    with pytest.raises(ImportError, match=rf'pip install {package}, or, .* "./python\[{package}\]"'):
        CLASSES[package]()


@pytest.mark.parametrize("package", CALLS)
def test_a_missing_package_is_named_with_its_install_line(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf'pip install {package}, or, .* "./python\[{package}\]"'):
        CALLS[package]()


@pytest.mark.parametrize("package", CALLS)
def test_an_old_package_is_named_with_the_version_that_will_do(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, ModuleType(package))
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.9.1")
    project = Path(__file__).parents[1] / "pyproject.toml"
    (floor,) = re.findall(rf'^{package} = \["{package}>=([\d.]+),<', project.read_text(), re.MULTILINE)
    with pytest.raises(ImportError, match=rf"needs {package} {floor} or newer, 0.9.1 is installed"):
        CALLS[package]()
