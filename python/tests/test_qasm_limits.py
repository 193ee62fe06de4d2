"""Programs in OpenQASM that would become too large, and long ones."""

import pytest
import qtangent as qt
from qasm_programs import HEAD
from qtangent.qasm import limits

read = qt.Circuit.from_qasm


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("for int i in [0:1000000000] x q[0];", "a range of 1000000001 values; 200000 are the limit"),
        ("for int i in [0:999] for int j in [0:999] x q[0];", "more than 200000 steps"),
        ("for int i in [0:999] for int j in [0:i] { }", "more than 200000 steps"),
        ("pow(1000000) @ h q[0];", "this call of h has 1000000 steps; 200000 are the limit"),
        ("for int i in [0:99999] ctrl(9) @ rx(0.1) " + ", ".join(f"r[{k}]" for k in range(10)) + ";", "more than 200000"),
        (
            "".join(f"input float w_{k};" for k in range(200)) + "float s = 0;"
            + "".join(f"s += w_{k};" for k in range(200)) + "for int i in [0:20000] rx(s) q[0];",
            "more than 200000 steps",
        ),
        ("".join(f"gate g{k + 1} a {{ g{k} a; g{k} a; }}\n" for k in range(30)), "has 262144 steps; 200000 are the"),
        ("".join(f"gate g{k + 1} a {{ g{k} a; }}\n" for k in range(60)), "rests on 51 definitions; 50 are the limit"),
        ("rx(" + "(" * 60 + "1" + ")" * 60 + ") q[0];", "nested more than 50 deep"),
        ("rx(" + "+".join("1" * 200) + ") q[0];", "more than 100 operators"),
        ("rx(" + "-" * 5000 + "1) q[0];", "more than 100 operators"),
        ("{" * 5000 + "}" * 5000, "nested more than 50 deep"),
        ("for int i in [0:1] " * 5000 + "x q[0];", "nested too deeply; 50 levels are the limit"),
        ("ctrl(10) @ x " + ", ".join(f"r[{k}]" for k in range(11)) + ";", "a phase under 11 controls; 9 are the limit"),
        ("ctrl(11) @ rx(0.1) " + ", ".join(f"r[{k}]" for k in range(12)) + ";", "a rotation under 11 controls; 9 are"),
    ],
)  # fmt: skip
def test_what_is_too_large_is_refused_before_it_is_unrolled(text, message):
    head = HEAD + "qubit[20] r; gate g0 a { x a; }\n"
    with pytest.raises(qt.QasmError, match=message):
        read(head + text)


def test_what_is_just_small_enough_is_read():
    nested = "(" * 48 + "1" + ")" * 48 + "+1" * 90
    assert read(HEAD + f"rx({nested}) q[0];")[0].angles == (91.0,)
    assert len(read(HEAD + "for int i in [1:300] for int j in [1:100] x q[0];")) == 30_000


def test_texts_have_a_limit(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTERS", 50)
    with pytest.raises(qt.QasmError, match=r"characters; 50 are the limit"):
        read(HEAD + "x q[0];" * 10)


def test_long_texts_show_a_bar(monkeypatch, capsys):
    read(HEAD + "x q[0];" * 300)
    assert "OpenQASM" not in capsys.readouterr().err
    monkeypatch.setattr(limits, "SHOWN_CHARACTERS", 1000)
    read(HEAD + "x q[0];" * 300)
    assert "OpenQASM: " in capsys.readouterr().err
