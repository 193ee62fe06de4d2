"""`qtangent diagnose`: one's own circuit and data, the library's, several at once, mistakes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from cli_cases import table
from diagnosis_cases import SCHEMA
from json_schema import faults
from qtangent.cli import main
from qtangent.diagnosis import Diagnosis

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

QASM = """OPENQASM 3.0;
include "stdgates.inc";
input float[64] theta_0;
input float[64] theta_1;
qubit[2] q;
ry(theta_0) q[0];
cx q[0], q[1];
ry(theta_1) q[1];
"""
BUILD = """
import qtangent as qt

def build():
    return qt.ansatz.hardware_efficient(3, 2)

def family(qubits, layers):
    return qt.ansatz.hardware_efficient(qubits, layers)

def broken(qubits, layers):
    raise RuntimeError("no such size")

def lonely(qubits):
    return qt.ansatz.hardware_efficient(qubits, 1)
"""


def diagnose(out: Path, *flags: object) -> int:
    return main(["diagnose", "--train", "8", "--out", str(out), *map(str, flags)])


def test_ones_own_circuit_and_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("openqasm3")
    (tmp_path / "mine.qasm").write_text(QASM)
    out = tmp_path / "out"
    assert diagnose(out, "--circuit", tmp_path / "mine.qasm", "--dataset", table(tmp_path)) == 0
    found = Diagnosis.load(out / "animals-mine-scale1" / "diagnosis.json")
    assert faults(json.loads(found.to_json()), SCHEMA) == []
    assert (found.subject.qubits, found.subject.samples, found.subject.budget) == (2, 8, "quick")
    printed = capsys.readouterr().out
    assert printed.startswith(found.summary())
    page = (out / "diagnosis.html").read_text()
    assert f"qtangent diagnose --train 8 --out {out} --circuit" in page
    assert "line" in page


def test_several_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diagnose(tmp_path, "--dataset", "iris", "--layers", "1", "--scale", "1", "2") == 0
    printed = capsys.readouterr().out
    for name in ("iris-hea-scale1", "iris-hea-scale2"):
        found = Diagnosis.load(tmp_path / name / "diagnosis.json")
        assert f"{name}: {found.sentence}" in printed
        assert found.subject.has_family
    assert (tmp_path / "diagnosis.html").read_text().count('class="answer') == 2


def test_saved_diagnoses_are_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same verdicts and sections; titles, lines of the data's file and settings are known to the first command alone."""
    assert diagnose(tmp_path / "out", "--dataset", "iris", "--layers", "1", "--scale", "1", "2") == 0
    folders = [tmp_path / "out" / f"iris-hea-scale{scale}" for scale in (1, 2)]
    page = tmp_path / "again.html"
    assert main(["report", *map(str, folders), "--out", str(page)]) == 0
    first, again = ((tmp_path / "out" / "diagnosis.html").read_text(), page.read_text())
    parts = re.compile(r'<details class="fold" id="[^"]*-(?!samples)\w+".*?</details>', re.DOTALL)
    assert len(parts.findall(again)) == 2 * 5
    for one in (re.compile(r'<p class="answer.*?</p>\s*<p class="verdict.*?</p>', re.DOTALL), parts):
        assert one.findall(again) == one.findall(first)
    assert 'id="iris-hea-scale2"' in again

    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "study.json").write_text("{}")
    assert main(["report", str(folders[0]), str(tmp_path / "study")]) == 1
    assert "give folders of either" in capsys.readouterr().err
    assert main(["report", str(folders[0]), str(folders[0]), "--out", str(page)]) == 1
    assert "the diagnoses are called" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["report", str(folders[0]), str(tmp_path / "empty"), "--out", str(page)]) == 1
    assert f"cannot read {tmp_path / 'empty' / 'diagnosis.json'}" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "out"), "--out", str(page)]) == 1
    assert "holds iris-hea-scale1, iris-hea-scale2: give those folders" in capsys.readouterr().err
    (folders[1] / "diagnosis.json").write_text("{}")
    assert main(["report", str(folders[1]), "--out", str(page)]) == 1
    assert f"{folders[1] / 'diagnosis.json'}: this is no saved diagnosis" in capsys.readouterr().err
    assert page.read_text() == again


def test_a_family_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(BUILD)
    own = ("--circuit", f"{path}:build", "--dataset", "iris")
    assert diagnose(tmp_path / "one", *own, "--family", f"{path}:family") == 0
    assert Diagnosis.load(tmp_path / "one/iris-build-scale1/diagnosis.json").subject.has_family
    assert diagnose(tmp_path / "two", *own) == 0
    assert not Diagnosis.load(tmp_path / "two/iris-build-scale1/diagnosis.json").subject.has_family


def test_the_start_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(BUILD)
    np.save(tmp_path / "theta.npy", np.linspace(0, 1, 12))
    own = ("--circuit", f"{tmp_path / 'mine.py'}:build", "--dataset", "iris")
    assert diagnose(tmp_path / "given", *own, "--theta", tmp_path / "theta.npy") == 0
    assert diagnose(tmp_path / "drawn", *own) == 0
    losses = [
        Diagnosis.load(tmp_path / name / "iris-build-scale1/diagnosis.json").trial.loss[0]
        for name in ("given", "drawn")
    ]
    assert losses[0] != losses[1]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--dataset", "nothing"), "no data set 'nothing'"),
        (("--scale", "0"), "the scale is 0"),
        (("--seed", "-1"), "the seed is -1"),
        (("--dataset", "iris", "--theta", "x.npy"), "name it with --circuit"),
        (("--dataset", "iris", "--family", "mine.qasm:f"), "as in mine.py:family"),
        (("--dataset", "iris", "--family", "{mine}:none"), "has no 'none'"),
        (("--dataset", "iris", "--family", "{mine}:lonely"), "no function of 2 arguments"),
        (("--dataset", "iris", "--family", "gone.py:f"), "cannot read gone.py"),
        (("--dataset", "iris", "iris.csv"), "iris.csv"),
    ],
)
def test_mistakes_are_named(
    flags: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(BUILD)
    assert diagnose(tmp_path / "out", *(one.format(mine=tmp_path / "mine.py") for one in flags)) == 1
    assert message in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("**/*.json"))


def test_help_says_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["diagnose", "--help"])
    printed = capsys.readouterr().out
    assert "diagnosis.json" in printed
    assert "--budget" in printed


def test_an_interrupt_keeps_what_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from qtangent.cli.diagnosis import run

    calls = []

    def interrupted(*arguments: object, **options: object) -> Diagnosis:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    real = run.diagnose
    monkeypatch.setattr(run, "diagnose", interrupted)
    assert diagnose(tmp_path, "--dataset", "iris", "--layers", "1", "--scale", "1", "2") == 130
    assert "1 of 2 diagnoses are complete" in capsys.readouterr().err
    assert (tmp_path / "iris-hea-scale1/diagnosis.json").exists()
    assert (tmp_path / "diagnosis.html").read_text().count('class="answer') == 1
