"""Circuits for the command line: from a Python file, with errors that point into it."""

from __future__ import annotations

from pathlib import Path

import pytest
import qtangent as qt
from qtangent.cli.circuit_file import load_circuit

CIRCUIT = "qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1)"


def write(folder: Path, text: str, name: str = "mine.py") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_a_function_that_returns_a_circuit(tmp_path: Path) -> None:
    path = write(tmp_path, f"import qtangent as qt\ndef build(layers=1):\n    return {CIRCUIT}\n")
    found = load_circuit(f"{path}:build")
    assert found.circuit == qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1)
    assert (found.name, found.model) == ("build", None)


def test_a_model_brings_its_observables_and_scale(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "import qtangent as qt\n"
        f"one = qt.Model({CIRCUIT}, qt.pauli('ZI'), scale=3.0)\n"
        f"two = qt.Model({CIRCUIT}, [qt.pauli('ZI'), qt.pauli('IZ')])\n",
    )
    one, two = load_circuit(f"{path}:one"), load_circuit(f"{path}:two")
    assert one.model is not None
    assert two.model is not None
    assert (one.model.observable, one.model.scale) == (qt.pauli("ZI"), 3.0)
    assert two.model.observable == [qt.pauli("ZI"), qt.pauli("IZ")]


def test_the_file_may_import_its_neighbours_and_define_dataclasses(tmp_path: Path) -> None:
    write(tmp_path, "SIZE = 3\n", "its_neighbour.py")
    path = write(
        tmp_path,
        "from __future__ import annotations\nimport dataclasses\nimport qtangent as qt\nfrom its_neighbour import SIZE\n"
        "@dataclasses.dataclass\nclass Setup:\n    n: int = SIZE\n"
        "def build():\n    return qt.Circuit(Setup().n).ry(qt.param(0), 2)\n"
        "if __name__ == '__main__':\n    raise SystemExit\n",
    )
    assert load_circuit(f"{path}:build").circuit.n_qubits == 3


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("def make(): pass\n", "build", "mine.py has no 'build'; it defines make"),
        ("x = 1\n", "", "mine.py has no 'empty name'; it defines no function"),
        ("def build(:\n", "build", "mine.py, line 1: invalid syntax in `def build(:`"),
        ("import qtangent\nimport no_such\n", "build", "mine.py, line 2, `import no_such` raises ModuleNotFoundError"),
        ("def build():\n    return helper()\ndef helper():\n    return 1 / 0\n", "build",
         "mine.py, line 4, `return 1 / 0` raises ZeroDivisionError: division by zero"),
        ("import qtangent as qt\ndef build():\n    return qt.Circuit(2).ry(0.1, 5)\n", "build",
         "mine.py, line 3, `return qt.Circuit(2).ry(0.1, 5)` raises InvalidArgumentError: "),
        ("raise SystemExit(3)\n", "build", "line 1, `raise SystemExit(3)` raises SystemExit: 3"),
        ("def build(n): pass\n", "build", "mine.py:build(n) needs arguments; it is called without"),
        ("def build(): pass\n", "build", "mine.py:build gives None; a qt.Circuit or qt.Model is expected"),
        ("build = 3\n", "build", "mine.py:build gives 3; a qt.Circuit or qt.Model is expected"),
        ("build = dict\n", "build", "mine.py:build gives {}; a qt.Circuit or qt.Model is expected"),
        ("class A:\n    def __repr__(self):\n        raise ValueError\nbuild = A\n", "build",
         "mine.py:build gives an object of type A; a qt.Circuit"),
        ("class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E()\n", "build",
         "mine.py, line 4, `raise E()` raises E"),
    ],
)  # fmt: skip
def test_mistakes_in_the_file_are_named(tmp_path: Path, text: str, name: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(qt.InvalidArgumentError) as caught:
        load_circuit(f"{path}:{name}")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("none.py:build", "cannot read none.py: No such file"),
        ("mine.py", "mine.py: name what builds the circuit, as in mine.py:build"),
        ("mine.txt", "mine.txt: give a .qasm file, or a Python file and a name"),
        ("none.qasm", "none.qasm"),
    ],
)
def test_files_that_are_not_there(given: str, message: str) -> None:
    with pytest.raises(qt.QTangentError, match=message):
        load_circuit(given)


def test_a_python_file_has_no_angles_to_free(tmp_path: Path) -> None:
    with pytest.raises(qt.InvalidArgumentError, match="--free is for QASM files"):
        load_circuit("mine.py:build", free="rotations")
