"""`qtangent study --circuit mine.qasm`: files of Qiskit and of others, and what they offer by name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from cli_cases import arrays
from qtangent.cli import main
from qtangent.cli.circuit_file import load_circuit

sklearn_datasets = pytest.importorskip("sklearn.datasets")
pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")
pytest.importorskip("openqasm3")

QISKIT = Path(__file__).parents[2] / "Tests/Golden/qiskit-zz-real-amplitudes.qasm"
LITERAL = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[1];
ry(0.25) q[0];
ry(-0.5) q[1];
cx q[0], q[1];
rx(1.5) q[1];
measure q[1] -> c[0];
"""
MIXED = """OPENQASM 3.0;
include "stdgates.inc";
input float dose; input float w; input float idle;
qubit[2] q;
ry(dose) q[0]; ry(w) q[1]; cx q[0], q[1]; rx(0.75) q[0];
"""
PLAIN = """OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
h q[0]; cx q[0], q[1];
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fisher's iris as a German spreadsheet writes it, Qiskit's file, and small ones."""
    monkeypatch.chdir(tmp_path)
    iris = sklearn_datasets.load_iris()
    rows = [
        [*map(str, row), iris.target_names[label]] for row, label in zip(iris.data, iris.target, strict=True)
    ]
    lines = ["Länge;Breite;Blattlänge;Blattbreite;Art", *(";".join(row).replace(".", ",") for row in rows)]
    Path("iris.csv").write_bytes("\r\n".join(lines).encode("latin-1"))
    shutil.copy(QISKIT, "qiskit.qasm")
    for name, text in (("literal", LITERAL), ("mixed", MIXED), ("plain", PLAIN)):
        Path(f"{name}.qasm").write_text(text)
    return tmp_path


DATA = ["--dataset", "iris.csv", "--target", "Art", "--classes", "setosa", "virginica"]


def study(*flags: object) -> dict:
    assert (
        main(["study", "--time", "0.5", "--records", "12", "--train", "8", "--out", "out", *map(str, flags)])
        == 0
    )
    (found,) = json.loads(Path("out/study.json").read_text())["studies"].values()
    return found


def test_qiskit_s_file_means_what_qiskit_computes(folder: Path) -> None:
    found = load_circuit("qiskit.qasm")
    assert found.measured == (2,)
    value = qt.Model(found.circuit, qt.pauli("IIZI")).predict(
        np.linspace(-1, 2, 16), [np.linspace(0.1, 1.3, 4)]
    )
    assert value[0] == pytest.approx(0.146838183028823, abs=1e-14)


def test_qiskit_s_file_and_a_table(folder: Path) -> None:
    found = study("--circuit", "qiskit.qasm", *DATA)
    assert "qiskit.qasm: 4 qubits" in found["circuit"]
    assert "4 features (_x_0_, _x_1_, _x_2_, _x_3_); observable Z on qubit 2; scale 1" in found["circuit"]
    assert "(Länge, Breite, Blattlänge, Blattbreite) and as they are, from 0.2 to 7.6" in found["dataset"]
    assert found["loss"]["actual"]["last"] < found["loss"]["actual"]["first"]
    # The first predictions, from the lines that the samples stand in.
    lines = Path("iris.csv").read_bytes().decode("latin-1").splitlines()
    chosen = [lines[number - 1].split(";") for number in found["samples"]["numbers"]]
    X = [[float(cell.replace(",", ".")) for cell in row[:4]] for row in chosen]
    saved, circuit = arrays("iris-qiskit-scale1"), qt.Circuit.from_qasm(QISKIT)
    expected = qt.Model(circuit, qt.pauli("IIZI")).predict(saved["theta"][0], X)
    np.testing.assert_allclose(saved["actual_predictions"][0], expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(saved["y"], [1 if row[4] == "setosa" else -1 for row in chosen])
    page = Path("out/report.html").read_text()
    assert "<svg" in page[page.index("The circuit: qiskit.qasm") :]


def test_literal_angles_are_offered_and_start_where_they_stand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "--circuit", "literal.qasm", *DATA, "--out", "out"]) == 1
    assert capsys.readouterr().err == (
        "qtangent: literal.qasm has no parameters to train: --free rotations makes the 3 angles in it that are numbers "
        "parameters\n"
    )
    Path("one.qasm").write_text('OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; ry(0.3) q[0];')
    assert main(["study", "--circuit", "one.qasm", *DATA, "--out", "out"]) == 1
    assert "makes the one angle in it that is a number a parameter\n" in capsys.readouterr().err
    found = study("--circuit", "literal.qasm", "--free", "rotations", *DATA)
    assert "0 features, so an RY rotation a qubit encodes the data in front of it" in found["circuit"]
    assert "observable Z on qubit 1" in found["circuit"]
    np.testing.assert_array_equal(arrays("iris-literal-scale1")["theta"][0], [0.25, -0.5, 1.5])


def test_inputs_that_have_no_number_are_drawn(folder: Path) -> None:
    found = study("--circuit", "mixed.qasm", "--features", "dose", "--free", "rotations", *DATA, "--seed", 3)
    assert "1 feature (dose)" in found["circuit"]
    assert "the inputs idle are in no angle" in found["circuit"]
    start = arrays("iris-mixed-scale1")["theta"][0]
    names = load_circuit("mixed.qasm", ["dose"], "rotations").circuit.parameter_names
    assert start[1 - names.index("w")] == 0.75
    assert 0 <= start[names.index("w")] < 2 * np.pi
    study("--circuit", "mixed.qasm", "--features", "dose", "--free", "rotations", *DATA, "--seed", 3)
    np.testing.assert_array_equal(arrays("iris-mixed-scale1")["theta"][0], start)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["plain.qasm"], "plain.qasm has no parameters to train\n"),
        (["plain.qasm", "--free", "rotations"], "plain.qasm has no parameters to train\n"),
        (
            ["mixed.qasm", "--features", "weight"],
            "mixed.qasm has no input weight in an angle; its inputs are dose, w, idle",
        ),
        (["plain.qasm", "--features", "x"], "plain.qasm has no input x in an angle; it has no inputs"),
        (["none.qasm"], "none.qasm"),
        (["broken.qasm"], "broken.qasm, line 2, column"),
    ],
)
def test_mistakes_are_named_before_training(
    folder: Path, flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.qasm").write_text("OPENQASM 3.0;\nqubit[2 q;\n")
    assert main(["study", "--circuit", *flags, *DATA, "--out", "out"]) == 1
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.startswith("qtangent: ")
    assert printed.count("\n") == 1


def test_training_ends_after_the_most_steps_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = study("--circuit", "qiskit.qasm", *DATA, "--steps", 7, "--dt", 0.01)
    assert found["settings"]["steps"] == 7
    assert (
        "training ended after 7 steps at t = 0.07, before t = 0.5: --steps allows more"
        in capsys.readouterr().err
    )
    assert main(["study", "--circuit", "qiskit.qasm", *DATA, "--steps", "0"]) == 1
    assert "steps is 0; at least 1 is needed" in capsys.readouterr().err
