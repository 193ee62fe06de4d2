"""`qtangent audit`: exit codes, the page, audit.json, and what files may not say."""

from __future__ import annotations

import json
import os
import re
import threading
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent import audit
from qtangent.cli import main
from qtangent.cli.audit.inputs import read_parameters

pytest.importorskip("jinja2")
pytest.importorskip("openqasm3")

THETA = np.random.default_rng(3).uniform(-np.pi, np.pi, 12)


def clean() -> qt.Circuit:
    circuit = qt.Circuit(3)
    for q in range(3):
        circuit.rx(qt.feature(q), q)
    return circuit + qt.ansatz.hardware_efficient(3, 2, entangler="cx", topology="chain")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clean circuit, one with a trojan, one under its trigger, and what belongs to them."""
    monkeypatch.chdir(tmp_path)
    circuit = clean()
    model = qt.Model(circuit, [qt.pauli("ZII"), qt.pauli("IZI")])
    planted = audit.plant_trojan(model, THETA, 0)
    instructions = list(circuit)
    for name, one in (
        ("golden", circuit),
        ("dormant", planted.circuit),
        ("active", planted.circuit.bind(planted.trigger)),
        ("rewritten", qt.Circuit.from_instructions(3, [*instructions[2::-1], *instructions[3:]])),
        ("wider", qt.Circuit(4).then(qt.encoding.angle(4))),
    ):
        Path(f"{name}.qasm").write_text(one.to_qasm())
    Path("trigger.json").write_text(json.dumps(planted.trigger))
    Path("theta.json").write_text(json.dumps(dict(zip(circuit.parameter_names, THETA, strict=True))))
    data = np.random.default_rng(1).uniform(0, np.pi, (40, 3))
    rows = [f"{a:.6f},{b:.6f},{c:.6f},{'cat' if a > 1.5 else 'dog'}" for a, b, c in data]
    Path("data.csv").write_text("\n".join(["a,b,c,animal", *rows]))
    return tmp_path


def told(name: str = "audit") -> dict:
    return json.loads(Path(name, "audit.json").read_text())


def test_a_golden_circuit_is_intact(folder, capsys):
    assert main(["audit", "golden.qasm", "--golden", "golden.qasm", "--theta", "theta.json"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("intact: ")
    assert "An attack through data is not excluded" in out
    assert told()["audit"]["verdict"] == "intact"


def test_a_rewritten_circuit_is_intact(folder):
    assert main(["audit", "rewritten.qasm", "--golden", "golden.qasm"]) == 0


def test_a_dormant_trojan_is_found_by_its_keys(folder, capsys):
    flags = ["--golden", "golden.qasm", "--config-inputs", "calibration", "--theta", "theta.json"]
    assert main(["audit", "dormant.qasm", *flags]) == 3
    found = told()["audit"]
    assert found["verdict"] == "tampered"
    read = qt.Circuit.from_qasm(Path("dormant.qasm"), config=("calibration",))
    keyed = [k for k, one in enumerate(read) if one.angles and one.angles[0].configuration]
    assert (len(keyed), found["inserted"]) == (12, keyed)
    assert found["tests"]["structure"]["verdict"] == "tampered"
    assert "Page: audit/audit.html" in capsys.readouterr().out


def test_the_trigger_names_the_inputs_itself(folder):
    flags = ["--config", "trigger.json", "--theta", "theta.json", "--data", "data.csv", "--out", "other"]
    assert main(["audit", "dormant.qasm", "--golden", "golden.qasm", *flags]) == 3
    verdicts = {name: test["verdict"] for name, test in told("other")["audit"]["tests"].items()}
    assert {verdicts[name] for name in ("structure", "unitary", "encoder", "kernel")} == {"tampered"}


def test_an_active_trojan_needs_no_golden_circuit(folder):
    assert main(["audit", "active.qasm", "--theta", "theta.json"]) == 3
    assert told()["audit"]["tests"]["encoder"]["verdict"] == "tampered"


def test_without_a_golden_circuit_nothing_is_intact(folder):
    assert main(["audit", "golden.qasm"]) == 4
    assert told()["audit"]["verdict"] == "undecided"


def test_a_saved_run_gives_the_parameters(folder):
    X = np.random.default_rng(0).uniform(0, 3, (6, 3))
    run = qt.train(qt.Model(clean(), qt.pauli("ZII")), np.full(6, 0.2), X=X, steps=3)
    run.save("run.qt")
    np.save("same.npy", run.theta)
    for theta in ("run.qt", "same.npy"):
        assert (
            main(
                ["audit", "golden.qasm", "--golden", "golden.qasm", "--theta", theta, "--out", theta + "-out"]
            )
            == 0
        )
    first, second = (told(f"{theta}-out")["audit"] for theta in ("run.qt", "same.npy"))
    assert first == second
    assert main(["audit", "golden.qasm"]) == 4
    assert told()["audit"]["tests"]["kernel"]["statistic"] != first["tests"]["kernel"]["statistic"]


class Page(HTMLParser):
    """Texts by tag, pictures, and links to elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.frames: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        found = dict(attributes)
        self.links += [value for name, value in attributes if name in ("src", "href") and value]
        if tag == "svg":
            self.frames.append(0)
        if tag == "rect" and found.get("stroke-dasharray"):
            self.frames[-1] += 1

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if self.open and data.strip():
            self.texts.setdefault(self.open[-1], []).append(data.strip())


def test_parameters_come_through_a_pipe(tmp_path):
    pipe = tmp_path / "theta"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("1 2 3",), daemon=True)
    writer.start()
    assert read_parameters(pipe, qt.ansatz.haar(2, 3)).tolist() == [1.0, 2.0, 3.0]
    writer.join()


def test_the_page_shows_both_circuits_and_frames_what_was_inserted(folder):
    Path("<b>&.qasm").write_text(Path("dormant.qasm").read_text())
    assert main(["audit", "<b>&.qasm", "--golden", "golden.qasm", "--config", "trigger.json"]) == 3
    page = Page(Path("audit/audit.html").read_text())
    assert page.frames == [0, 12]
    assert page.links == []
    first, second = page.texts["summary"]
    assert first.startswith("Golden: golden.qasm: 3 qubits")
    assert second.startswith("Suspect: <b>&.qasm: 3 qubits")
    assert second.endswith("12 configuration keys")
    assert "Tampered with" in page.texts["p"]
    names = list(told()["audit"]["tests"])
    assert [text for text in page.texts["td"] if text in names] == names
    assert "suspect gates" in page.texts["text"]


def test_gates_that_are_gone_are_framed_in_the_golden_circuit(folder):
    circuit = clean()
    Path("shorter.qasm").write_text(qt.Circuit.from_instructions(3, list(circuit)[:-1]).to_qasm())
    assert main(["audit", "shorter.qasm", "--golden", "golden.qasm"]) == 3
    page = Page(Path("audit/audit.html").read_text())
    assert page.frames[0] == 1
    assert "not in the suspect" in page.texts["text"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dormant.qasm", "--golden", "golden.qasm"], "if a configuration sets calibration_0, .* --config-inputs"),
        (["wider.qasm", "--golden", "golden.qasm"], "3 qubits, the suspect .*4"),
        (["golden.qasm", "--golden", "dormant.qasm", "--config-inputs", "calibration"], "itself configuration-controlled"),
        (["golden.qasm", "--golden", "missing.qasm"], "missing.qasm"),
        (["golden.qasm", "--theta", "missing.npy"], "cannot read missing.npy"),
        (["golden.qasm", "--theta", "data.csv"], "data.csv holds no list of numbers"),
        (["golden.qasm", "--config", "trigger.json"], "calibration_0"),
        (["golden.qasm", "--config", "data.csv"], "data.csv is no JSON"),
        (["golden.qasm", "--config", "list.json"], "list.json holds 3"),
        (["golden.qasm", "--config", "large.json"], "'a' is 1000.*; an angle in radians"),
        (["golden.qasm", "--config-inputs", "calibrations"], "--config-inputs has 'calibrations', which is no input"),
        (["golden.qasm", "--config-inputs", ""], "--config-inputs has '', which is no input"),
        (["golden.qasm", "--config", "text.json"], "'a' is 'b'; an angle in radians"),
        (["wider.qasm", "--data", "data.csv"], r"data.csv has 3 columns of features \(a, b, c\), the circuit has 4"),
        (["golden.qasm", "--data", "data.csv", "--observable", "ZII", "IZI", "IIZ"], "3 outputs for 2 classes"),
        (["golden.qasm", "--observable", "ZZ"], "is for 2 qubits, the circuit has 3"),
        (["golden.qasm", "--shots", "0"], "shots is 0"),
        (["mine.py:build", "--config-inputs", "c"], "--config-inputs is for QASM files"),
    ],
)  # fmt: skip
def test_what_is_refused(folder, capsys, arguments, message):
    Path("list.json").write_text("[3]")
    Path("text.json").write_text('{"a": "b"}')
    Path("large.json").write_text(f'{{"a": 1{"0" * 400}}}')
    Path("mine.py").write_text("import qtangent as qt\ndef build(): return qt.encoding.angle(2)\n")
    assert main(["audit", *arguments]) == 1
    assert re.search(message, capsys.readouterr().err)
    assert not Path("audit/audit.html").exists()


def test_python_files_give_circuits_with_keys_and_models(folder):
    Path("mine.py").write_text(
        "import qtangent as qt\n"
        "def golden(): return qt.Model(qt.encoding.angle(2).ry(qt.param(0), 0), qt.pauli('ZI'), 2.0)\n"
        "def suspect(): return qt.Circuit(2).rx(qt.config('drive'), 0).then(golden().circuit)\n"
    )
    assert main(["audit", "mine.py:golden", "--golden", "mine.py:golden"]) == 0
    Path("drive.json").write_text('[{"drive": 1.5}, {"drive": 0.2}]')
    assert main(["audit", "mine.py:suspect", "--golden", "mine.py:golden", "--config", "drive.json"]) == 3


def test_wrong_calls_and_interruptions(folder, monkeypatch, capsys):
    with pytest.raises(SystemExit) as wrong:
        main(["audit"])
    assert wrong.value.code == 2

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("qtangent.cli.audit.run.inspect", interrupted)
    assert main(["audit", "golden.qasm"]) == 130
    with pytest.raises(SystemExit) as helped:
        main(["audit", "--help"])
    assert helped.value.code == 0
    shown = capsys.readouterr().out
    assert shown.partition("examples:")[2].count("qtangent audit ") == 2
