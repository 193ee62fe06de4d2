"""Sums of Pauli strings as text: what they mean, and errors that name the place."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import qtangent as qt

MATRICES = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def dense(letters: str) -> np.ndarray:
    return functools.reduce(np.kron, [MATRICES[letter] for letter in letters])


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("0.5 ZZI + XII", [(0.5, "ZZI"), (1, "XII")]),
        ("-ZZ", [(-1, "ZZ")]),
        ("  +Z ", [(1, "Z")]),
        ("1e-3*XX - .5YY", [(1e-3, "XX"), (-0.5, "YY")]),
        ("2. * ZX-3XZ", [(2, "ZX"), (-3, "XZ")]),
        ("\tIY\n+ 0 YI", [(1, "IY"), (0, "YI")]),
    ],
)
def test_sums(text: str, terms: list[tuple[float, str]]) -> None:
    expected = sum(factor * dense(letters) for factor, letters in terms)
    np.testing.assert_array_equal(qt.pauli(text).matrix(), expected)


def test_random_sums_read_back() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        n = int(rng.integers(1, 5))
        terms = [(rng.normal(), "".join(rng.choice(list("IXYZ"), n))) for _ in range(rng.integers(1, 6))]
        text = " + ".join(f"{factor!r} {letters}" for factor, letters in terms)
        text = text.replace("np.float64(", "").replace(")", "").replace("+ -", "- ")
        expected = sum(factor * dense(letters) for factor, letters in terms)
        np.testing.assert_allclose(qt.pauli(text).matrix(), expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.5 ZQI + XII", "'Q' at character 6 of '0.5 ZQI + XII': a Pauli string has the letters I, X, Y and Z"),
        ("zz + xx", "'z' at character 1 of "),
        ("Z0 Z1", "'0' at character 2 of 'Z0 Z1'"),
        ("1j Z", "'j' at character 2 of '1j Z'"),
        ("ZZ XX", "'X' at character 4 of 'ZZ XX': + or - is expected between Pauli strings"),
        ("ZZ + X", "X at character 6 of 'ZZ + X' has 1 letters, ZZ has 2: give one letter a qubit"),
        ("0.5", "'0.5' ends too early: a Pauli string such as ZZI is expected"),
        ("ZZ +", "'ZZ +' ends too early"),
        ("ZZ ++ XX", "'+' at character 5 of"),
        ("1e999 Z", "must be finite"),
        (" ", "ends too early"),
        ("-" + 129 * "Z", "129 qubits"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_place(text: str, message: str) -> None:
    with pytest.raises(qt.InvalidArgumentError) as caught:
        qt.pauli(text)
    assert message in str(caught.value)
