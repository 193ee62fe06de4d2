"""Dynamical Lie algebras against golden dimensions, the commutant of the adjoint representation, and Monte Carlo."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from lie_cases import ising, ising_sums, on, singles, total
from qtangent.capacity import lie_algebra
from scipy.linalg import expm, null_space

GOLDEN = Path(__file__).parents[2] / "Tests/Golden/convergence.json"


def heisenberg():
    return [total([on(3, c * 2, q, q + 1) for q in range(2) for c in "XYZ"]), total(singles(3, "Z"))]


# Name in the golden file, part of its description, generators.
CASES = [
    *[(f"tfim_open_n{n}", "", lambda n=n: ising_sums(n)) for n in (2, 3, 4)],
    *[(f"tfim_open_local_n{n}", "", lambda n=n: [*ising(n)[0], *ising(n)[1]]) for n in (2, 3, 4)],
    *[(f"tfim_periodic_n{n}", "", lambda n=n: ising_sums(n, ring=True)) for n in (2, 3, 4)],
    ("n1", "gens X,Y", lambda: singles(1)),
    ("n2", "full su(4)", lambda: [*singles(2), on(2, "ZZ", 0, 1)]),
    ("n3", "full su(8)", lambda: [*singles(3), on(3, "ZZ", 0, 1), on(3, "ZZ", 1, 2)]),
    ("n2", "commuting", lambda: [qt.pauli("ZI"), qt.pauli("IZ"), qt.pauli("ZZ")]),
    ("n3", "heisenberg", heisenberg),
]


@pytest.mark.parametrize(("name", "about", "generators"), CASES)
def test_golden_dimensions(name, about, generators):
    cases = json.loads(GOLDEN.read_text())["cases"]
    outputs = next(case for case in cases if case["name"] == "case10_dla_dimensions")["outputs"]
    (dimension,) = [value for key, value in outputs.items() if key.split()[0] == name and about in key]
    assert lie_algebra(generators()).dimension == dimension


SMALL = [
    ising_sums(3),
    ising_sums(3, ring=True),
    ising_sums(4, ring=True),
    singles(1),
    singles(2),
    heisenberg(),
    [*ising(2)[0], *ising(2)[1]],
]


@pytest.mark.parametrize("generators", SMALL)
def test_basis_is_orthonormal_and_closed(generators):
    algebra = lie_algebra(generators)
    basis = algebra.basis
    np.testing.assert_allclose(np.einsum("aij,bji->ab", basis, basis), np.eye(len(basis)), atol=1e-12)
    brackets = 1j * (np.einsum("aij,bjk->abik", basis, basis) - np.einsum("bij,ajk->abik", basis, basis))
    np.testing.assert_allclose(algebra.matrices(algebra.coordinates(brackets)), brackets, atol=1e-10)
    for generator in algebra.generators:
        np.testing.assert_allclose(algebra.matrices(algebra.coordinates(generator)), generator, atol=1e-12)


@pytest.mark.parametrize("generators", SMALL)
def test_ideals_are_those_of_the_commutant(generators):
    """The symmetric matrices that commute with every ad_a are combinations of the projectors on the simple ideals and of
    anything inside the centre: a generic one has the simple ideals as eigenspaces."""
    algebra = lie_algebra(generators)
    D = algebra.dimension
    maps = [algebra.adjoint(row) for row in np.eye(D)]
    conditions = np.concatenate([np.kron(np.eye(D), one) - np.kron(one.T, np.eye(D)) for one in maps])
    kernel = null_space(conditions, rcond=1e-10)
    element = (kernel @ np.random.default_rng(3).normal(size=kernel.shape[1])).reshape(D, D)
    values, vectors = np.linalg.eigh(element + element.T)
    projectors, central = [], 0
    for group in np.split(np.arange(D), np.flatnonzero(np.diff(values) > 1e-6) + 1):
        space = vectors[:, group]
        if max(np.abs(one @ space).max() for one in maps) < 1e-8:
            central += len(group)
        else:
            projectors.append(space @ space.T)
    simple = [part for part in algebra.ideals if not part.central]
    assert sum(part.dimension for part in algebra.ideals if part.central) == central
    assert len(simple) == len(projectors)
    for part in simple:
        own = part.coordinates.T @ part.coordinates
        assert min(np.abs(own - projector).max() for projector in projectors) < 1e-7


def test_ideals_of_known_algebras():
    def shape(generators):
        return [(part.dimension, part.central) for part in lie_algebra(generators).ideals]

    assert shape(ising_sums(3)) == [(1, True), (8, False)]
    assert shape(singles(3)) == [(3, False)] * 3
    assert shape([qt.pauli("ZI"), qt.pauli("IZ")]) == [(2, True)]
    assert shape([*ising(2)[0], *ising(2)[1]]) == [(3, False), (3, False)]
    # so(8): all bonds and fields of four sites.
    assert shape([*ising(4)[0], *ising(4)[1]]) == [(28, False)]


def test_dimension_does_not_depend_on_scale_or_basis():
    random = np.random.default_rng(0)
    first, second = (one.matrix() for one in ising_sums(4))
    turn = np.linalg.qr(random.normal(size=(16, 16)) + 1j * random.normal(size=(16, 16)))[0]
    for a, b in [(1e-6 * first, 1e6 * second), (first + 1e-3 * second, second)]:
        algebra = lie_algebra([turn @ a @ turn.conj().T, turn @ b @ turn.conj().T])
        assert [part.dimension for part in algebra.ideals] == [1, 15]


def test_identity_is_central():
    algebra = lie_algebra([qt.pauli("X") + 0.5 * qt.pauli("I"), qt.pauli("Y"), np.zeros((2, 2))])
    assert [(part.dimension, part.central) for part in algebra.ideals] == [(1, True), (3, False)]


def test_second_moment_over_the_group():
    """T against a Monte Carlo average over the group; its error falls like N^-1/2."""
    bonds, field = ising_sums(3)
    algebra = lie_algebra([bonds, field])
    errors = []
    for count in (400, 6400):
        unitaries = algebra.random_unitaries(count, length=60, seed=count)
        np.testing.assert_allclose(
            unitaries @ unitaries.conj().swapaxes(1, 2),
            np.broadcast_to(np.eye(8), unitaries.shape),
            atol=1e-12,
        )
        errors.append(algebra.second_moment_error(unitaries, field))
    assert errors[1] < 0.06
    assert 0.1 < errors[1] / errors[0] < 0.5  # 1/4 expected
    # Products that are too short do not mix, however many there are.
    assert algebra.second_moment_error(algebra.random_unitaries(6400, length=3), field) > 3 * errors[1]


def test_second_moment_is_invariant_and_keeps_the_trace():
    bonds, field = ising_sums(4)
    algebra = lie_algebra([bonds, field])
    moment = algebra.second_moment(field)
    assert np.trace(moment) == pytest.approx(np.trace(field.matrix() @ field.matrix()).real)
    for row in np.eye(algebra.dimension)[:5]:
        turn = expm(0.7 * algebra.adjoint(row))
        np.testing.assert_allclose(turn @ moment @ turn.T, moment, atol=1e-10)
    full = lie_algebra([*singles(2), qt.pauli("ZZ")])
    Z = 4 / (4**2 - 1)
    np.testing.assert_allclose(full.second_moment(qt.pauli("XI")), Z * np.eye(15), atol=1e-12)


def test_a_circuit_stands_for_its_moved_generators():
    """Against the same generators turned by dense matrices."""
    before = qt.Circuit(2).h(0).cx(0, 1).sx(1)
    circuit = qt.encoding.angle(2) + qt.Circuit(2).rzz(qt.param(0), 0, 1).then(before).rx(qt.param(1), 0)
    turn = before.matrix()
    moved = turn.conj().T @ qt.pauli("XI").matrix() @ turn
    expected = lie_algebra([qt.pauli("ZZ"), moved])
    for given in (circuit, qt.Model(circuit, qt.pauli("ZI"))):
        found = lie_algebra(given)
        assert found.dimension == expected.dimension
        np.testing.assert_allclose(found.coordinates(moved) @ found.coordinates(moved), 4.0)
    terms = [total(one) for one in ising(4)]
    assert lie_algebra(qt.ansatz.hamiltonian_variational(terms, 2)).dimension == 16


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lie_algebra([]), "no generators"),
        (lambda: lie_algebra([np.zeros((2, 2))]), "every generator is zero"),
        (lambda: lie_algebra([qt.pauli("X"), qt.pauli("XX")]), "2, 4 levels"),
        (lambda: lie_algebra([np.array([[0, 1], [0, 0]])]), "generator 0 is not Hermitian"),
        (lambda: lie_algebra([np.array([[0, np.nan], [np.nan, 0]])]), "not Hermitian"),
        (lambda: lie_algebra([np.zeros((2, 3))]), "square"),
        (lambda: lie_algebra(qt.Circuit(1).h(0)), "no parameters that move"),
        (
            lambda: lie_algebra(qt.Circuit(1).rx(qt.param(0), 0).rz(qt.feature(0), 0)),
            "features after parameters",
        ),
        (lambda: lie_algebra(singles(1)).second_moment(qt.pauli("I")), "not in the algebra"),
        (lambda: lie_algebra(singles(1)).coordinates(np.eye(3)), r"\(3, 3\)"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
