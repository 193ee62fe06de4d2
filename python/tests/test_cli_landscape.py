"""`qtangent landscape`: what stands on the page is what the library finds; circuits and data of one's own; mistakes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from children import child
from cli_cases import COMMAND
from qtangent import landscape
from qtangent.cli import main
from qtangent.landscape import chosen

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

QUICK = ["--starts", "200", "--steps", "300"]


def explored(out: Path, *flags: object) -> tuple[dict, str]:
    """The landscapes in landscape.json, and the page."""
    assert main(["landscape", *QUICK, "--out", str(out), *map(str, flags)]) == 0
    content = json.loads((out / "landscape.json").read_text(), parse_constant=pytest.fail)
    return content["landscapes"], (out / "landscape.html").read_text()


def test_hard_data_of_a_circuit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, page = explored(tmp_path, "--dataset", "hard")
    ((name, told),) = found.items()
    data = landscape.hard_dataset(qt.ansatz.haar(4, 3, seed=0), qt.pauli("ZIII"))
    assert name == "hard-haar"
    assert told["complete"]
    assert np.allclose(told["minima"]["loss"], data.minima_loss, atol=1e-14)
    assert told["minima"]["spurious"] == [False] + 7 * [True]
    assert all(told["minima"]["certified"])
    assert told["index_counts"] == [8, 24, 24, 8]
    counts = told["basins"]["counts"]
    assert sum(counts) + told["basins"]["elsewhere"] == told["basins"]["starts"] == 200
    assert told["success"]["rate"] == counts[0] / 200
    assert told["verdict"].startswith(
        "8 minima, 7 of them spurious; the list is complete. Adam from 200 random starts"
    )
    for sentence in (
        told["verdict"],
        "Every minimum is certified",
        "sum of functions of one parameter",
        "8, 24, 24, 8",
    ):
        assert sentence.replace("'", "&#39;") in page
    assert page.count('<td class="name">spurious</td>') == 7
    assert not re.search(r"(?:src|href)=\"(?!#|data:image/png;base64,|http://www.w3.org/)", page)
    pictures = sorted(path.name for path in (tmp_path / "hard-haar").iterdir())
    assert pictures == sorted(
        f"{one}.{end}" for one in ("plane", "barrier", "levels", "spectrum", "path") for end in ("svg", "png")
    )
    printed = capsys.readouterr()
    assert told["verdict"] in printed.out
    assert f"Page: {tmp_path / 'landscape.html'}" in printed.out


BUILD = """
import qtangent as qt
def build():
    circuit = qt.Circuit(2).ry(qt.feature(0), 0).ry(qt.feature(1), 1).ry(qt.param(0), 0).cx(0, 1).ry(qt.param(1), 1)
    return qt.Model(circuit.rz(qt.param(2), 1), qt.pauli("IZ"))
"""


def test_a_circuit_of_one_s_own(tmp_path: Path) -> None:
    """The last parameter turns about what is measured and moves nothing."""
    (tmp_path / "mine.py").write_text(BUILD)
    random = np.random.default_rng(0)
    X, y = random.uniform(0, 3, (8, 2)), np.repeat([1, -1], 4)
    lines = [
        "a,b,kind",
        *(f"{a!r},{b!r},{'cat' if one > 0 else 'dog'}" for (a, b), one in zip(X.tolist(), y, strict=True)),
    ]
    (tmp_path / "mine.csv").write_text("\n".join(lines))
    found, page = explored(
        tmp_path / "out", "--circuit", f"{tmp_path / 'mine.py'}:build", "--dataset", tmp_path / "mine.csv",
        "--train", 8, "--test", 0,
    )  # fmt: skip
    (told,) = found.values()
    assert told["parameters"] == [0, 1]
    assert told["complete"]
    assert "mine.py:build" in page
    assert min(told["minima"]["loss"]) > 0.01
    assert len(told["minima"]["loss"]) == told["index_counts"][0]


def test_what_time_does_not_suffice_for_is_a_lower_bound(tmp_path: Path) -> None:
    flags = ["--dataset", "orthogonal", "--qubits", 3, "--params", 4, "--seconds", 0.01]
    found, page = explored(tmp_path, *flags)
    told = found["orthogonal-haar"]
    assert not told["complete"]
    assert "success" not in told
    assert "a lower bound, more may exist" in page
    assert "Left out: 200 of 200 trainings" in page
    assert told["verdict"].startswith("At least ")
    for name, value in (("seed", "0"), ("seconds", "0.01")):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page


def test_the_simulator_searches_within_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory holds no coefficients: 300 starts, or as many as there is time for."""
    monkeypatch.setattr(chosen, "fits", lambda needed: needed <= 100)
    flags = ["--dataset", "orthogonal", "--qubits", 2, "--states", 2, "--params", 2]
    for seconds, words in (
        (0.001, "Left out: 290 of 300 starts of the search"),
        (60, "Trainings and Fourier spectrum"),
    ):
        found, page = explored(tmp_path / str(seconds), *flags, "--seconds", seconds)
        told = found["orthogonal-haar"]
        assert told["method"] == "simulator"
        assert all(told["minima"]["certified"])
        assert words in page
        assert ("starts of the search" in page) == (seconds < 1)


def test_some_parameters_with_the_others_held(tmp_path: Path) -> None:
    found, _ = explored(
        tmp_path, "--dataset", "orthogonal", "--qubits", 2, "--states", 2, "--params", 5, "--parameters", 4, 1,
        "--optimizer", "descent",
    )  # fmt: skip
    told = found["orthogonal-haar"]
    model = qt.Model(qt.ansatz.haar(2, 5, seed=0), qt.pauli("ZI"))
    data = qt.datasets.orthogonal(2, 2, 0)
    theta = np.random.default_rng(0).uniform(0, 2 * np.pi, 5)
    assert told["parameters"] == [4, 1]
    for angles, loss in zip(told["minima"]["theta"], told["minima"]["loss"], strict=True):
        theta[[4, 1]] = angles
        assert model.loss(theta, data.y, states=data.states) == pytest.approx(loss, abs=1e-13)
        gradient = model.loss_and_gradient(theta, data.y, states=data.states)[1]
        assert np.max(np.abs(gradient[[4, 1]])) < 1e-10
    assert told["basins"]["elsewhere"] < 20


def test_any_number_of_seconds_is_enough(tmp_path: Path) -> None:
    found, _ = explored(tmp_path, "--params", 1, "--seconds", 1e308)
    assert found["orthogonal-haar"]["complete"]


def test_one_parameter_of_several_moves(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import qtangent as qt\ndef build():\n    circuit = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 1)\n"
        "    return circuit.rz(qt.param(2), 0)\n"
    )
    found, _ = explored(
        tmp_path / "out", "--circuit", f"{tmp_path / 'mine.py'}:build", "--dataset", "iris", "--train", 4
    )
    assert found["iris-build"]["parameters"] == [0]
    assert len(found["iris-build"]["minima"]["loss"]) == 1
    assert (tmp_path / "out" / "iris-build" / "path.svg").exists()


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--dataset", "nothing"], "no data set 'nothing'"),
        (["--params", "0"], "--params is 0: give 1 or more"),
        (["--seconds", "0"], "--seconds is 0: give a positive number"),
        (["--learning-rate", "nan"], "--learning-rate is nan"),
        (["--optimizer", "lbfgs", "--learning-rate", "1"], "L-BFGS has none: leave it out"),
        (["--seed", "-1"], "the seed is -1"),
        (["--parameters", "7"], "--parameters is 7; different numbers from 0 to 2"),
        (["--observable", "IIIII", "--parameters", "0"], "no parameter moves a prediction"),
        (
            ["--ansatz", "hea", "--parameters", "19"],
            "--parameters is 19; none of them moves a prediction, those that do",
        ),
        (["--circuit", "missing.py:build"], "cannot read missing.py"),
        (["--circuit", "missing.py:build", "--layers", "2"], "--layers is for the library's circuits"),
        (["--free", "rotations"], "for a circuit of your own"),
        (["--dataset", "hard", "--qubits", "2"], "depend linearly"),
        (["--dataset", "hard", "--observable", "ZIII", "IZII"], "for one observable, 2 are measured"),
        (["--observable", "IIIII"], "no parameter moves a prediction"),
    ],
)
def test_mistakes(flags: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["landscape", "--out", str(tmp_path), *flags]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_help_has_two_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["landscape", "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.count("  qtangent landscape --") == 2


def test_interrupted_landscapes_leave_those_that_are_complete(tmp_path: Path) -> None:
    flags = [
        "--dataset",
        "hard",
        "orthogonal",
        "--starts",
        "100000",
        "--steps",
        "100000",
        "--seconds",
        "3000",
    ]
    with child(COMMAND, "landscape", "--out", str(tmp_path), *flags, stderr=subprocess.PIPE) as started:
        assert started.stderr is not None
        for line in started.stderr:
            if line.startswith("[1/2]"):
                break
        started.send_signal(signal.SIGINT)
        _, rest = started.communicate(timeout=60)
    assert started.returncode == 130
    assert re.search(r"interrupted; [01] of 2 landscapes are complete", rest)
    assert "Traceback" not in rest
