"""`qtangent study --circuit`: circuits, data, observables and parameters that fit together, or are refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from cli_cases import arrays
from qtangent.cli import main

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

SHORT = ["--time", "0.5", "--records", "12", "--train", "6", "--test", "6"]
CIRCUITS = """
import qtangent as qt
def build(n=3):
    circuit = qt.Circuit(n)
    for qubit in range(n):
        circuit.ry(qt.feature(qubit), qubit)
    return circuit + plain(n)
def plain(n=3):
    return qt.ansatz.hardware_efficient(n, 2, topology="chain")
def two(): return build(2)
def four(): return build(4)
def six(): return plain(6)
def fixed(): return qt.Circuit(2).h(0)
def product(): return qt.Circuit(3).ry(qt.param(0) * qt.feature(0), 0)
def model(): return qt.Model(build(), qt.pauli("0.5 ZZI - XII"), scale=3, precision="single")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where mine.py and pets.csv are: three columns, three classes, and the line of a sample in the first one."""
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(CIRCUITS)
    rng = np.random.default_rng(0)
    lines = ["# measured by hand", "weight,height,age,kind", ""]
    for line in range(4, 40):
        kind = line % 3
        values = rng.normal(size=2) / 4 + kind
        lines.append(f"{line / 100},{values[0]:.4f},{values[1]:.4f},{('cat', 'dog', 'emu')[kind]}")
    Path("pets.csv").write_text("\n".join(lines))
    return tmp_path


def study(*flags: object, code: int = 0) -> dict:
    assert main(["study", *SHORT, "--out", "out", *map(str, flags)]) == code
    return json.loads(Path("out/study.json").read_text(), parse_constant=pytest.fail)


def only(content: dict) -> dict:
    (found,) = content["studies"].values()
    return found


TWO = ["--dataset", "pets.csv", "--classes", "dog", "cat"]


def test_as_many_columns_as_features_are_taken_as_they_are(folder: Path) -> None:
    content = study("--circuit", "mine.py:build", *TWO)
    assert list(content["studies"]) == ["pets-build-scale1"]
    found = only(content)
    assert "in this order (weight, height, age) and as they are" in found["dataset"]
    assert "mine.py:build: 3 qubits" in found["circuit"]
    assert "observable Z on qubit 0; scale 1" in found["circuit"]
    # Predictions of the first step from the file's own numbers.
    rows = [line.split(",") for line in Path("pets.csv").read_text().splitlines()[3:]]
    numbers = np.array([[float(cell) for cell in row[:3]] for row in rows if row[3] != "emu"])
    saved = arrays("pets-build-scale1")
    model = qt.Model(
        qt.encoding.angle(3) + qt.ansatz.hardware_efficient(3, 2, topology="chain"), qt.pauli("ZII")
    )
    every = model.predict(saved["theta"][0], numbers)
    for prediction, label in zip(saved["actual_predictions"][0], saved["y"], strict=True):
        (row,) = np.flatnonzero(np.abs(every - prediction) < 1e-12)
        assert label == (1 if [one for one in rows if one[3] != "emu"][row][3] == "dog" else -1)


def test_more_columns_become_principal_components(folder: Path) -> None:
    found = only(study("--circuit", "mine.py:two", *TWO))
    assert "3 columns for 2 features: standardised, first 2 principal components" in found["dataset"]
    assert found["settings"]["qubits"] == 2


def test_ignored_columns_do_not_count(folder: Path) -> None:
    found = only(study("--circuit", "mine.py:two", *TWO, "--ignore", "weight"))
    assert "in this order (height, age) and as they are" in found["dataset"]


def test_a_circuit_without_features_gets_an_encoding_in_front(folder: Path) -> None:
    found = only(study("--circuit", "mine.py:plain", *TWO))
    assert "0 features, so an RY rotation a qubit encodes the data in front of it" in found["circuit"]
    assert "first 3 principal components, scaled to [0, pi]" in found["dataset"]
    assert found["settings"]["parameters"] == 12


def test_a_model_says_what_is_measured_and_its_scale(folder: Path) -> None:
    content = study("--circuit", "mine.py:model", *TWO)
    assert list(content["studies"]) == ["pets-model-scale3"]
    assert "observable 0.5 ZZI - XII; scale 3" in only(content)["circuit"]
    content = study("--circuit", "mine.py:model", *TWO, "--observable", "IIZ", "--scale", 1, 2)
    assert list(content["studies"]) == ["pets-model-scale1", "pets-model-scale2"]
    assert "observable IIZ; scale 1" in content["studies"]["pets-model-scale1"]["circuit"]


def test_an_observable_for_the_library_s_circuits(folder: Path) -> None:
    flags = ["--layers", 1, "--qubits", 2, "--scale", 1, "--observable", "XZ"]
    assert "observable XZ; scale 1" in only(study(*TWO, *flags))["circuit"]


@pytest.mark.parametrize("observables", [[], ["ZII", "IZI", "0.5 IIZ + ZZZ"]])
def test_three_classes_are_three_outputs(folder: Path, observables: list[str]) -> None:
    given = ["--observable", *observables] if observables else []
    flags = ["--dataset", "pets.csv", "--classes", "emu", "cat", "dog"]
    found = only(study("--circuit", "mine.py:build", *flags, *given))
    assert "emu, cat, dog, one output each" in found["dataset"]
    assert ("Z on qubits 0, 1, 2" if not given else "ZII, IZI, 0.5 IIZ + ZZZ") in found["circuit"]
    assert "follows one output, the model has 3" in found["asymptotic_reason"]
    assert any("There is no over-parameterised limit here" in one for one in found["findings"])
    saved = arrays("pets-build-scale1")
    assert saved["actual_predictions"].shape[1:] == (6, 3)
    np.testing.assert_array_equal(saved["y"], 2 * np.repeat(np.eye(3), 2, axis=0) - 1)
    assert found["accuracy"]["train"] is not None
    assert found["accuracy"]["test"] is not None


def test_two_observables_for_two_classes(folder: Path) -> None:
    study("--circuit", "mine.py:build", *TWO, "--observable", "ZII", "IIZ")
    np.testing.assert_array_equal(arrays("pets-build-scale1")["y"], np.repeat([[1, -1], [-1, 1]], 3, axis=0))


def test_theta_from_a_file(folder: Path) -> None:
    theta = np.linspace(0, 3, 12)
    np.save("theta.npy", theta)
    Path("theta.json").write_text(json.dumps(theta.tolist()))
    Path("named.json").write_text(json.dumps({f"p{k}": theta[k] for k in reversed(range(12))}))
    Path("theta.txt").write_text(
        "\ufeff# mine\n" + "\n".join(map(repr, theta[:5].tolist())) + "\n" + ", ".join(map(str, theta[5:]))
    )
    for name in ("theta.npy", "theta.json", "named.json", "theta.txt"):
        study("--circuit", "mine.py:build", *TWO, "--theta", name)
        np.testing.assert_array_equal(arrays("pets-build-scale1")["theta"][0], theta)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.txt", None, "cannot read none.txt"),
        ("theta.txt", "1 2 3", "theta.txt has 3 entries, the circuit has 12 parameters"),
        ("theta.txt", "1 2\n3 x", "theta.txt holds no list of numbers: line 2 has 'x'"),
        ("theta.txt", "nan " * 12, "theta.txt[0] is nan"),
        ("theta.json", '{"p0": 1}', "theta.json has no 'p1': give each parameter a number"),
        (
            "theta.json",
            json.dumps({f"p{k}": 0 for k in range(13)}),
            "theta.json has 'p12'; the parameters are p0, p1",
        ),
        ("theta.json", "[1, 2", "theta.json holds no list of numbers"),
        ("theta.json", "[[1, 2]]", "theta.json has shape (1, 2), the circuit has 12 parameters"),
        ("theta.npy", "no array", "theta.npy holds no list of numbers"),
    ],
)
def test_theta_that_cannot_be_used(
    folder: Path, name: str, content: str | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        Path(name).write_text(content)
    assert main(["study", "--circuit", "mine.py:build", *TWO, "--theta", name]) == 1
    assert message in capsys.readouterr().err


def test_every_data_set_of_the_library(folder: Path) -> None:
    content = study("--circuit", "mine.py:two", "--dataset", "digits", "iris", "wine", "breast_cancer")
    assert list(content["studies"]) == [
        f"{name}-two-scale1" for name in ("digits", "iris", "wine", "breast_cancer")
    ]
    assert all("for 2 features" in one["dataset"] for one in content["studies"].values())
    content = study("--circuit", "mine.py:six", "--dataset", "digits", "orthogonal")
    assert all(
        "0 features, the data are its input states" in one["circuit"] for one in content["studies"].values()
    )


def test_messages_about_samples_name_lines_of_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first column holds the number of its line; two samples alike but for their class stand in lines 41 and 44."""
    with Path("pets.csv").open("a") as file:
        file.write("\n\n9,9,9,cat\n# a comment\n\n9,9,9,dog\n")
    content = study("--circuit", "mine.py:build", *TWO, "--train", 26)
    note = capsys.readouterr().err
    assert "(lines 41 and 44 of pets.csv) are equal but carry the labels" in note or (
        "(lines 44 and 41 of pets.csv) are equal but carry the labels" in note
    )
    assert any("of pets.csv) are equal" in one for one in content["notes"])
    assert "of pets.csv) are equal" in Path("out/report.html").read_text()
    lines = only(content)["samples"]["numbers"]
    assert only(content)["samples"]["word"] == "line"
    assert sorted(lines)[-2:] == [41, 44]
    rows = Path("pets.csv").read_text().splitlines()
    kinds = [rows[line - 1].split(",")[3] for line in lines]
    assert kinds == ["dog"] * 13 + ["cat"] * 13


def test_a_circuit_without_zsum_is_studied_on_the_clock_of_its_steps(folder: Path) -> None:
    found = only(study("--circuit", "mine.py:product", *TWO))
    assert found["floor"]["value"] is None
    assert found["asymptotic_reason"]
    assert found["settings"]["time"] == pytest.approx(
        found["settings"]["learning_rate"] * found["settings"]["steps"]
    )
    assert "no Z; gradient descent" in Path("out/report.html").read_text()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1,2,3,cat", "1,2,4,dog", "1,3e200,3,dog", "0,0,0,cat"],
         "odd.csv: line 4, column 'b' is 3e+200, as an angle in radians many turns: scale it"),
        (["1,2,3,cat", "1,2,3,dog"], "all features are constant on the 2 training samples"),
    ],
)  # fmt: skip
def test_columns_that_are_no_angles(
    folder: Path, rows: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("odd.csv").write_text("\n".join(["a,b,c,kind", *rows]))
    assert main(["study", "--circuit", "mine.py:build", "--dataset", "odd.csv", "--out", "out"]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--circuit", "mine.py:build"], "name the data for the circuit with --dataset"),
        (["--circuit", "mine.py:none", *TWO], "mine.py has no 'none'; it defines build, plain"),
        (["--circuit", "mine.py:fixed", *TWO], "mine.py:fixed has no parameters to train"),
        (["--circuit", "mine.py:four", *TWO],
         "pets.csv has 3 feature columns (weight, height, age), the circuit has 4 features: give it a column for each"),
        (["--circuit", "mine.py:four", "--dataset", "orthogonal"], "orthogonal holds states and no columns"),
        (["--circuit", "mine.py:plain", "--dataset", "digits"], "64 pixels need at least 6 qubits"),
        (["--circuit", "mine.py:build", "--dataset", "pets.csv"],
         "pets.csv has 3 classes (cat, dog, emu): name two of them (classes), or more for an output each"),
        (["--circuit", "mine.py:build", "--dataset", "pets.csv", "--classes", "cat", "cow"],
         "classes are ['cat', 'cow']: name two different ones of pets.csv's cat, dog, emu, or more"),
        (["--circuit", "mine.py:two", "--dataset", "pets.csv", "--classes", "cat", "dog", "emu"],
         "3 classes need an output each, and the circuit has 2 qubits to measure Z on"),
        (["--circuit", "mine.py:build", *TWO, "--observable", "ZZ"],
         "--observable 'ZZ' is for 2 qubits, the circuit has 3"),
        (["--circuit", "mine.py:build", *TWO, "--observable", "ZZQ + XII"], "'Q' at character 3 of 'ZZQ + XII'"),
        (["--circuit", "mine.py:build", *TWO, "--observable", "ZII", "IZI", "IIZ"],
         "3 observables for 2 classes of pets.csv: give one for both, or one each"),
        (["--circuit", "mine.py:build", *TWO, "--ansatz", "hea"], "--ansatz is for the library's circuits"),
        (["--circuit", "mine.py:build", *TWO, "--qubits", 3], "--qubits is for the library's circuits"),
        (["--circuit", "mine.py:build", *TWO, "--free", "rotations"], "--free is for QASM files"),
        (["--theta", "theta.txt"], "--theta is for a circuit of your own: name it with --circuit"),
        (["--circuit", "mine.py:build", *TWO, "--train", 7], "7 training samples: give an even number"),
        (["--circuit", "mine.py:build", "--dataset", "pets.csv", "--classes", "cat", "dog", "emu", "--train", 7],
         "7 training samples: give a multiple of 3, as many for each class"),
        (["--circuit", "mine.py:build", *TWO, "--train", 40], "40 training samples need 20 of each class"),
    ],
)  # fmt: skip
def test_mistakes_are_named_before_training(
    folder: Path, flags: list[object], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "--out", "out", *map(str, flags)]) == 1
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.startswith("qtangent: ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""
