"""OpenQASM files that Qiskit and PennyLane wrote, with what the two predict of their circuits.

tests/programs is written by tests/guests/write_programs.py, which needs both packages; this does not.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt

FOLDER = Path(__file__).parent / "programs"
RECORD = json.loads((FOLDER / "predictions.json").read_text(encoding="utf-8"))
pytest.importorskip("openqasm3")


def plain(name: str) -> str:
    """θ[3] as Qiskit writes it into a program, _θ_3_, without the underscores around it."""
    return name.replace("[", "_").replace("]", "").strip("_")


def model_of(name: str, circuit: qt.Circuit) -> qt.Model:
    terms = [qt.Term(weight, pauli=letters) for letters, weight in RECORD[name]["observable"].items()]
    return qt.Model(circuit, qt.Observable.from_terms(circuit.n_qubits, terms))


def test_every_file_has_its_predictions():
    assert {path.stem for path in FOLDER.glob("*.qasm")} == set(RECORD)
    assert len(RECORD) >= 30
    for name, entry in RECORD.items():
        assert (
            (FOLDER / f"{name}.qasm")
            .read_text(encoding="utf-8")
            .startswith(f"// Written by {entry['writer']}")
        )


@pytest.mark.parametrize("name", RECORD)
def test_predictions_are_those_of_the_package_that_wrote_the_file(name):
    entry = RECORD[name]
    circuit = qt.Circuit.from_qasm(FOLDER / f"{name}.qasm", features=("x",))
    assert not circuit.unused_inputs
    rows = [{plain(key): value for key, value in values.items()} for values in entry["values"]]
    theta = [rows[0][plain(one)] for one in circuit.parameter_names]
    X = [[row[plain(one)] for one in circuit.feature_names] for row in rows] if circuit.n_features else None
    predictions = model_of(name, circuit).predict(theta, X)
    assert len(predictions) == len(entry["predictions"])
    np.testing.assert_allclose(predictions, entry["predictions"], atol=1e-10)


@pytest.mark.parametrize("name", [name for name, entry in RECORD.items() if entry["values"] == [{}]])
def test_numbers_made_free_predict_the_same_where_they_were(name):
    text = (FOLDER / f"{name}.qasm").read_text(encoding="utf-8")
    if RECORD[name]["writer"].startswith("Qiskit") and "(" not in text:
        pytest.skip("no angles")
    circuit = qt.Circuit.from_qasm(text, free="rotations")
    assert circuit.n_params == len(circuit.initial_theta)
    predictions = model_of(name, circuit).predict(circuit.initial_theta)
    np.testing.assert_allclose(predictions, RECORD[name]["predictions"], atol=1e-10)


def test_a_vector_of_twelve_keeps_its_order():
    circuit = qt.Circuit.from_qasm(FOLDER / "shared.qasm", features=("x",))
    assert [plain(one) for one in circuit.parameter_names if "w" in one] == [f"w_{k}" for k in range(12)]
