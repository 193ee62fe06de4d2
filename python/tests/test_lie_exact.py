"""Lie algebras of generators whose numbers are far apart, nearly equal or irrational, against closed forms and an exact
closure in fractions."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import qtangent as qt
from hypothesis import given, settings
from hypothesis import strategies as st
from qtangent.capacity import lie_algebra
from qtangent.capacity.coefficients import from_pauli_coefficients, pauli_coefficients
from reference import pauli


def weighted(weights, letter):
    """sum_q w_q P_q."""
    n = len(weights)
    return sum(
        float(w) * pauli("I" * q + letter + "I" * (n - 1 - q)) for q, w in enumerate(weights)
    )  # a dense matrix


def turned(matrices, seed=0):
    random, d = np.random.default_rng(seed), len(matrices[0])
    turn = np.linalg.qr(random.normal(size=(d, d)) + 1j * random.normal(size=(d, d)))[0]
    return [turn @ one @ turn.conj().T for one in matrices]


def check_basis(algebra):
    """Orthonormal, closed, with the generators inside, all to 1e-10."""
    basis, D = algebra.basis, algebra.dimension
    np.testing.assert_allclose(np.einsum("aij,bji->ab", basis, basis), np.eye(D), atol=1e-10)
    np.testing.assert_allclose(basis, basis.conj().swapaxes(1, 2), atol=1e-12)
    mixed = np.tensordot(np.random.default_rng(1).normal(size=(6, D)), basis, axes=1)
    brackets = 1j * (mixed[:, None] @ mixed - mixed @ mixed[:, None])
    np.testing.assert_allclose(algebra.matrices(algebra.coordinates(brackets)), brackets, atol=1e-9)
    for one in algebra.generators:
        size = np.abs(one).max()
        np.testing.assert_allclose(algebra.matrices(algebra.coordinates(one)), one, atol=1e-10 * size)


# One su(2) a qubit and size of weight: sum w_q Z_q and sum X_q.
WEIGHTS = [
    ([1, 7, 49, 343], 4),
    ([1, 3, 9, 27, 81], 5),
    ([0.119, 0.049, 0.055, 0.056, 0.944], 5),
    ([1, 10, 100, 1000], 4),
    ([1, 1e3, 1e6, 1e9], 4),
    ([1, 1.0001, 1.0002, 1.0003], 4),
    ([1, 1 + 1e-8, 2], 3),
    ([1, -1, 2], 2),
    ([0.3, 0.1 + 0.2, 1], 2),
    ([2**0.5, 2**0.5, 3 * 2**0.5], 2),
    ([1 / 3, 2 / 3, 1.0], 3),
]


@pytest.mark.parametrize(("weights", "parts"), WEIGHTS)
def test_weights_far_apart_and_nearly_equal(weights, parts):
    algebra = lie_algebra([weighted(weights, "Z"), weighted([1] * len(weights), "X")])
    assert algebra.dimension == 3 * parts
    assert algebra.exact
    assert [(one.dimension, one.central) for one in algebra.ideals] == [(3, False)] * parts
    check_basis(algebra)


@pytest.mark.parametrize(
    "weights", [[1, 7, 49, 343], [1, 10, 100, 1000], [1, 1.0001, 1.0002, 1.0003], [1, 1, 2]]
)
def test_the_same_turned_by_a_unitary(weights):
    """All entries irrational: relations hold within rounding only."""
    parts = len(set(weights))
    algebra = lie_algebra(turned([weighted(weights, "Z"), weighted([1] * len(weights), "X")]))
    assert [(one.dimension, one.central) for one in algebra.ideals] == [(3, False)] * parts
    assert not algebra.exact
    check_basis(algebra)


def test_roots_cancel_within_rounding():
    """(X + Z)/sqrt2 and Y have the lengths and the angle of X and Y on the other qubit: one su(2)."""
    first = (pauli("XI") + pauli("ZI")) / np.sqrt(2) + pauli("IX")
    algebra = lie_algebra([first, pauli("YI") + pauli("IY")])
    assert algebra.dimension == 3
    check_basis(algebra)


@pytest.mark.parametrize("n", [2, 3])
def test_parallel_to_1e_8(n):
    a, b = weighted(range(1, n + 1), "Z"), weighted([1] * n, "X") + pauli("Y" * n)
    expected = lie_algebra([a, b])
    algebra = lie_algebra([a, a + 1e-8 * b])
    assert algebra.dimension == expected.dimension
    assert [one.dimension for one in algebra.ideals] == [one.dimension for one in expected.ideals]
    check_basis(algebra)


def test_a_doubtful_dimension_is_said_to_be():
    nearly = turned([weighted([1, 1 + 1e-8, 2], "Z"), weighted([1, 1, 1], "X")])
    with pytest.warns(qt.QTangentWarning, match="the dimension is doubtful"):
        assert lie_algebra(nearly).dimension <= 64


def test_levels_that_are_no_power_of_two():
    """Spin 1: so(3) from two components; with a square of one of them, su(3)."""
    x = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]) / np.sqrt(2)
    z = np.diag([1.0, 0, -1])
    assert lie_algebra([x, z]).dimension == 3
    assert lie_algebra([x, z @ z - 2 / 3 * np.eye(3), z]).dimension == 8


def test_the_limit_in_the_algebra_of_weights_far_apart():
    """The limit depends on the algebra alone, here one su(2) a qubit, made from gates on single qubits as well."""
    far = lie_algebra([weighted([1, 10, 100, 1000], "Z"), weighted([1] * 4, "X")])
    single = lie_algebra([qt.pauli("I" * q + one + "I" * (3 - q)) for q, one in product(range(4), "XY")])
    states, y = qt.encoding.haar_states(4, 4, seed=0), [1.0, 1.0, -1.0, -1.0]
    arguments = ([weighted([1] * 4, "X")], qt.pauli("ZZII"), y, states, [0.0, 2.0, 20.0])
    found, expected = (qt.dynamics.asymptotic_in_algebra(one, *arguments) for one in (far, single))
    np.testing.assert_allclose(found.loss, expected.loss, atol=1e-9)
    np.testing.assert_allclose(found.kernel, expected.kernel, atol=1e-8)
    assert found.loss[-1] > 0.05  # all of SU(16) would get below 1e-3


LETTERS = {"I": (0, 0), "X": (1, 0), "Y": (1, 1), "Z": (0, 1)}


def bracket(a, b):
    """i[A, B]/2 of {string: fraction}, by the multiplication table of the Pauli matrices."""
    table = {("X", "Y"): "Z", ("Y", "Z"): "X", ("Z", "X"): "Y"}
    result: dict[str, Fraction] = {}
    for (s, x), (t, y) in product(a.items(), b.items()):
        phase, letters = 0, ""
        for one, two in zip(s, t, strict=True):
            if one == two:
                letters += "I"
            elif "I" in (one, two):
                letters += max(one, two)  # I comes before the others
            elif (one, two) in table:
                letters, phase = letters + table[one, two], phase + 1
            else:
                letters, phase = letters + table[two, one], phase - 1
        if phase % 2:  # i * i^phase
            sign = 1 if (1 + phase) % 4 == 0 else -1
            result[letters] = result.get(letters, Fraction(0)) + sign * x * y
    return {s: x for s, x in result.items() if x}


def exact_dimension(generators):
    """Closure by elimination in fractions."""
    rows: dict[str, dict[str, Fraction]] = {}

    def add(vector):
        while vector:
            lead = min(vector)
            factor = vector[lead]
            if lead not in rows:
                rows[lead] = {s: x / factor for s, x in vector.items()}
                return rows[lead]
            rest = dict(vector)
            for s, x in rows[lead].items():
                rest[s] = rest.get(s, Fraction(0)) - factor * x
            vector = {s: x for s, x in rest.items() if x}
        return None

    queue = [found for one in generators if (found := add(one))]
    while queue:
        element = queue.pop()
        queue += [found for one in generators if (found := add(bracket(one, element)))]
    return len(rows)


@st.composite
def generators(draw):
    n = draw(st.integers(1, 2))
    strings = ["".join(one) for one in product("IXYZ", repeat=n)]
    coefficient = st.one_of(
        st.integers(-10_000, 10_000).map(Fraction),
        st.sampled_from(
            [Fraction(1), Fraction(-1), Fraction(1, 3), Fraction(10**8 + 1, 10**8), Fraction(1, 1000)]
        ),
    )
    terms = st.dictionaries(st.sampled_from(strings), coefficient.filter(bool), min_size=1, max_size=4)
    return draw(st.lists(terms, min_size=1, max_size=3))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(generators())
def test_dimension_is_that_of_an_exact_closure(cases):
    matrices = [sum(float(x) * pauli(s) for s, x in one.items()) for one in cases]
    observables = [
        sum((float(x) * qt.pauli(s) for s, x in one.items()), start=0.0 * qt.pauli(min(one))) for one in cases
    ]
    for one in (matrices, observables):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", qt.QTangentWarning)
            algebra = lie_algebra(one)
        assert algebra.dimension == exact_dimension(cases)
        check_basis(algebra)
        assert sum(part.dimension for part in algebra.ideals) == algebra.dimension


def test_terms_of_observables_are_exact():
    """Weights that a dense matrix of doubles cannot hold beside each other, and projectors."""
    far = [1.0, 1e-9, 1e-17, 1e9]
    observables = [
        sum(w * qt.pauli("I" * q + "Z" + "I" * (3 - q)) for q, w in enumerate(far)),
        sum(qt.pauli("I" * q + "X" + "I" * (3 - q)) for q in range(4)),
    ]
    assert lie_algebra(observables).dimension == 12
    algebra = lie_algebra(
        [qt.projector("01"), qt.pauli("XI"), 0.1 * qt.projector("00") + qt.hermitian(pauli("ZZ"))]
    )
    matrices = [one.matrix() for one in (qt.projector("01"), qt.pauli("XI"))]
    assert (
        algebra.dimension
        == lie_algebra([*matrices, 0.1 * qt.projector("00").matrix() + pauli("ZZ")]).dimension
    )


def test_coefficients_of_pauli_strings():
    random = np.random.default_rng(3)
    a = random.normal(size=(2, 8, 8)) + 1j * random.normal(size=(2, 8, 8))
    a = a + a.conj().swapaxes(1, 2)
    values = pauli_coefficients(a)
    np.testing.assert_allclose(from_pauli_coefficients(values, 8), a, atol=1e-13)
    for number, letters in ((0b001_000, "IIX"), (0b100_100, "YII"), (0b110_011, "XYZ")):
        expected = np.trace(a[0] @ pauli(letters)).real / 8
        assert values[0, number] == pytest.approx(expected, abs=1e-13)
