"""Broken programs in OpenQASM are refused as such: no other error, no crash."""

import re

import qtangent as qt
from hypothesis import given, settings
from hypothesis import strategies as st
from qasm_programs import HEAD, random_program

TOKENS = [
    *"()[]{};,:@+-*/", "ctrl", "inv", "pow(2)", "gate", "for", "def", "input", "float", "q", "q[0]", "measure", "->",
    "let", "2", "0.5", "pi", "int", "const", "**", "//", '"', "$1", "U", "gphase", "in", "=", "box", "delay", "é", "\0",
]  # fmt: skip


def read_or_refused(text):
    """Fails for every error that is not ours."""
    try:
        return qt.Circuit.from_qasm(text)
    except qt.QTangentError as error:
        return str(error)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_broken_programs_raise_nothing_else(seed, data):
    """Programs with symbols put in, left out, repeated and exchanged."""
    text = random_program(seed).text
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 3, 10])))
        text = text[:start] + data.draw(st.sampled_from([*TOKENS, "", text[start:end] * 2])) + text[end:]
    assert read_or_refused(text + "\n") not in ("", None)


# Statements that are right in some places and wrong in others.
STATEMENTS = [
    "let z = qa[{0, 0}];", "int k = 7; k /= 2; k **= 70;", "float f = w_0; f = f*f;", "for float g in {0.1, w_0} rz(g) qa;",
    "def s(qubit[2] v, float t) -> float { ctrl @ rx(t) v[0], v[1]; return 2*t; }", "rx(s(qa, w_0)) qb;", "reset qa;",
    "bit c = measure qb;", "pow(w_0) @ x qa;", "pow(-199999) @ h qa;", "inv @ ctrl @ cu(1, 2, 3, w_0) qa, qb[0], qb[1];",
    "gate k(p) v { for int i in [0:p] { x v; } } k(5) qa; k(w_0) qa;", "complex[float] cc = 1im;", "x qa[-1:-1:0];",
    "angle[4] an = 3*pi; rx(an) qa;", "uint[8] u8 = 300; rx(u8) qa;", "rx(popcount(7.5)) qa;", "rx(mod(5, 0)) qa;",
    "rx(pow(0, -1)) qa;", "rx(int(1e300)) qa;", "rx(3 >> -1) qa;", "rx((-8) ** 0.5) qa;", "const bool b = 3 < 2; rx(b) qa;",
    "rx(7 & 5 | 1 ^ 2 << 3) qa;", "rx(~3 + !1) qa;", "rx(!w_0) qa;", "negctrl(2) @ swap qa, qb, qa[0];", "x $0;", "end;",
]  # fmt: skip
NUMBERS = ["0", "1", "-1", "3", "63", "1e9", "1000000000", "0.5", "1e-320", "99999999999999999999", "200000"]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_statements_out_of_place_raise_nothing_else(seed, data):
    """Programs with statements left out, repeated and put in, and with other numbers."""
    lines = random_program(seed).text.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(2, len(lines) - 1))
        added = data.draw(st.sampled_from([None, *lines[2:], *STATEMENTS]))
        lines[place:place] = [] if added is None else [added]
        other = data.draw(st.integers(2, len(lines) - 1))
        lines[other] = data.draw(st.sampled_from([lines[other], ""]))
        number = data.draw(st.sampled_from(NUMBERS))
        lines[other] = re.sub(r"\b\d+(\.\d+)?\b", number, lines[other], count=1)
    assert read_or_refused("\n".join(lines) + "\n") not in ("", None)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*TOKENS, " ", "x", "if", "\n", "1e9", "a"]), max_size=30))
def test_heaps_of_symbols_raise_nothing_else(tokens):
    assert read_or_refused(HEAD + " ".join(tokens)) not in ("", None)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_raises_nothing_else(text):
    assert read_or_refused(text + "\n") not in ("", None)
