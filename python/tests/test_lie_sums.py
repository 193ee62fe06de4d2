"""Lie algebras of sums of Pauli strings: sparse coefficients and orbits of strings against dense closures."""

from __future__ import annotations

import pickle
import sys
from fractions import Fraction

import numpy as np
import pytest
import qtangent as qt
from lie_cases import on, sums
from qtangent.capacity import lie_algebra
from qtangent.capacity.exact import exact_closure
from qtangent.capacity.rational import from_terms
from qtangent.capacity.strings.binary import closed
from qtangent.capacity.strings.frames import StringFrame
from qtangent.capacity.strings.symmetry import Permutations, orbit_frame


def dense_dimension(generators):
    """Closure of dense matrices by repeated Gram and Schmidt."""
    seeds = [one.matrix() / np.linalg.norm(one.matrix()) for one in generators]
    basis = np.zeros((0, seeds[0].size), dtype=complex)
    waiting = list(seeds)
    while waiting:
        one = waiting.pop(0)
        row = one.ravel()
        for _ in range(2):
            row = row - (basis.conj() @ row).real @ basis
        size = np.linalg.norm(row)
        if size < 1e-7:
            continue
        element = (row / size).reshape(one.shape)
        basis = np.concatenate([basis, element.reshape(1, -1)])
        for seed in seeds:
            bracket = 1j * (seed @ element - element @ seed)
            if np.linalg.norm(bracket) > 1e-9:
                waiting.append(bracket / np.linalg.norm(bracket))
    return len(basis)


CASES = [
    sums(3, "XX YY", "ZZ"),
    sums(4, "XX YY", "ZZ", shape="ring"),
    sums(4, "ZZ", "X", "Y", shape="all"),
    sums(4, "XX YY ZZ", "Z"),
    sums(4, "XX", "YY", "Z", shape="ring"),
    [sums(3, "ZZ")[0] + 0.5 * sums(3, "X")[0], sums(3, "Y")[0]],
    [on(3, "ZZ", 0, 1) + 0.25 * on(3, "X", 2), sums(3, "Y")[0]],
]


@pytest.mark.parametrize("generators", CASES)
def test_against_dense_closures(generators):
    algebra = lie_algebra(generators)
    assert algebra.dimension == dense_dimension(generators)
    assert algebra.exact
    assert algebra.parts is None


@pytest.mark.parametrize("shape", ["open", "ring", "all"])
@pytest.mark.parametrize("kinds", [("ZZ", "X"), ("XX YY", "ZZ"), ("ZZ", "X", "Y"), ("XX YY ZZ", "Z")])
@pytest.mark.parametrize("n", [3, 4])
def test_orbits_of_strings_give_the_same(n, kinds, shape):
    generators = [from_terms(one) for one in sums(n, *kinds, shape=shape)]
    strings = closed([string for one in generators for string in one.strings], n, 4**n)
    orbits = orbit_frame(generators, n, 4**n)
    every = StringFrame(n, np.array(strings))
    assert len(orbits) < len(every)
    assert exact_closure(generators, orbits).dimension == exact_closure(generators, every).dimension


def test_representatives_of_every_permutation():
    """X, Y and Z first; strings with the same letters are one orbit."""
    n, every = 4, Permutations(4, ())
    strings = np.arange(4**n)
    ring = Permutations(n, tuple((*range(k, n), *range(k)) for k in range(n)))
    assert len(np.unique(every.representatives(strings))) == 35  # C(7, 3)
    assert len(np.unique(ring.representatives(strings))) == 70  # necklaces of 4 beads in 4 colours
    np.testing.assert_array_equal(
        every.representatives(ring.representatives(strings)), every.representatives(strings)
    )


def test_no_symmetry_no_orbits():
    generators = [from_terms(one) for one in (on(3, "ZZ", 0, 1) + 0.5 * on(3, "X", 1), sums(3, "Y")[0])]
    assert orbit_frame(generators, 3, 64) is None


def test_many_qubits_of_the_ising_chain():
    """n^2 dimensions of the open chain, as for few qubits in the golden file; the basis, its ideals and a state's orbit
    follow in coefficients of strings."""
    algebra = lie_algebra(sums(14, "ZZ", "X"))
    assert algebra.dimension == 196
    assert algebra.family == "transverse-field Ising, open chain, in sums"
    smaller = lie_algebra(sums(8, "ZZ", "X"))
    assert [part.dimension for part in smaller.ideals] == [1, 63]
    basis = smaller.basis
    np.testing.assert_allclose(np.einsum("aij,bji->ab", basis, basis), np.eye(64), atol=1e-10)
    x, y = np.random.default_rng(0).normal(size=(2, 64))
    bracket = 1j * (smaller.matrices(x) @ smaller.matrices(y) - smaller.matrices(y) @ smaller.matrices(x))
    np.testing.assert_allclose(smaller.coordinates(bracket), smaller.adjoint(x) @ y, atol=1e-10)


@pytest.mark.parametrize("n", [3, 4, 8])
def test_permutation_invariant_circuits(n):
    """su(2j + 1) for every spin j of n qubits, and one element of the centre: sum_j ((2j + 1)^2 - 1) + 1; for few qubits
    the dense closure as well."""
    generators = sums(n, "ZZ", "X", "Y", shape="all")
    found = lie_algebra(generators)
    assert found.dimension == sum((k + 1) ** 2 - 1 for k in range(n, -1, -2)) + 1
    if n < 5:
        assert found.dimension == dense_dimension(generators)


def test_beyond_the_search_single_strings_are_a_bound(monkeypatch):
    module = sys.modules["qtangent.capacity.lie_algebra"]
    expected = lie_algebra(sums(4, "XX YY", "ZZ"))
    monkeypatch.setattr(module, "_LISTED_QUBITS", 0)
    monkeypatch.setattr(module, "_MOST_DIMENSIONS", expected.dimension - 1)
    bound = lie_algebra(sums(4, "XX YY", "ZZ"))
    assert bound.is_bound
    assert not bound.exact
    singles = [qt.pauli(term.pauli) for one in sums(4, "XX YY", "ZZ") for term in one.terms]
    assert bound.dimension == lie_algebra(singles).dimension > expected.dimension
    assert "at most" in repr(bound)
    monkeypatch.setattr(module, "_MOST_DIMENSIONS", expected.dimension)
    assert lie_algebra(sums(4, "XX YY", "ZZ")).dimension == expected.dimension


def test_orbits_are_used_where_strings_are_too_many(monkeypatch):
    module = sys.modules["qtangent.capacity.lie_algebra"]
    expected = lie_algebra(sums(5, "XX YY", "ZZ", shape="ring")).dimension
    monkeypatch.setattr(module, "_LISTED_QUBITS", 0)
    monkeypatch.setattr(module, "_MOST_STRINGS", 200)
    found = lie_algebra(sums(5, "XX YY", "ZZ", shape="ring"))
    assert (found.dimension, found.is_bound) == (expected, False)
    monkeypatch.setattr(module, "_DENSE_LEVELS", 1)
    monkeypatch.setattr(module, "_LARGEST_SPLIT", 1)
    assert "XXZ, ring, in sums" in repr(found)
    with pytest.raises(qt.InvalidArgumentError, match="not listed"):
        found.basis  # noqa: B018


def test_fractions_and_far_weights_stay_exact():
    """Weights that coincide: two qubits with 1/3 and one with 0.25 are two su(2), not three."""
    weights = [Fraction(1, 3), Fraction(1, 4), Fraction(1, 3)]
    generators = [
        sum(float(w) * on(3, "Z", q) for q, w in enumerate(weights)),
        sum(on(3, "X", q) for q in range(3)),
    ]
    assert lie_algebra(generators).dimension == 6


def test_algebras_can_be_pickled():
    for generators in (sums(3, "ZZ", "X"), [qt.pauli("XI"), qt.pauli("ZZ")]):
        algebra = lie_algebra(generators)
        other = pickle.loads(pickle.dumps(algebra))
        assert repr(other) == repr(algebra)
        np.testing.assert_array_equal(other.basis, algebra.basis)
