"""Orbit dimensions against the numerical rank of the Fisher information of deep circuits."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from lie_cases import on
from qtangent.capacity import orbit_dimension
from scipy.linalg import expm


def ising(n, ring, layers):
    """The Hamiltonian variational ansatz of the transverse-field Ising chain, a parameter for each sum."""
    bonds = [on(n, "ZZ", q, (q + 1) % n) for q in range(n if ring and n > 2 else n - 1)]
    return qt.ansatz.hamiltonian_variational([sum(bonds), sum(on(n, "X", q) for q in range(n))], layers)


def state(n, name):
    vector = np.zeros(2**n, dtype=complex)
    vector[0] = 1.0
    return np.full(2**n, 2 ** (-n / 2), dtype=complex) if name == "+" else vector


def rank(matrix):
    """Numerical rank of a positive semidefinite matrix, with a gap of a million below the last one that counts."""
    values = np.sort(np.abs(np.linalg.eigvalsh(matrix)))[::-1]
    kept = int((values > 1e-10 * max(values[0], 1.0)).sum())  # rounding is all that an eigenstate has
    assert kept in (0, len(values)) or values[kept - 1] > 1e3 * values[kept]
    return kept


def fisher_rank(circuit, vector=None, x=None, seed=5):
    model = qt.Model(circuit, qt.pauli("Z" * circuit.n_qubits))
    theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, circuit.n_params)
    return rank(model.fisher_information(theta, x, vector))


@pytest.mark.parametrize("start", ["+", "0"])
@pytest.mark.parametrize("ring", [True, False])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_ising_circuits_saturate_there(n, ring, start):
    vector = state(n, start)
    found = orbit_dimension(ising(n, ring, 2), states=vector[None])
    assert found.exact
    assert found.dimension == (fisher_rank(ising(n, ring, 2 * n * n), vector),)
    # One layer less than would do stays below.
    (dimension,) = found.dimension
    shallow = fisher_rank(ising(n, ring, (dimension - 1) // 2), vector) if dimension > 2 else 0
    assert shallow < dimension
    assert found.gap > 1e4


def test_the_ring_of_six():
    """Figures of the Hamiltonian variational ansatz that were known before."""
    found = orbit_dimension(ising(6, True, 3), states=np.stack([state(6, "+"), state(6, "0")]))
    assert found.dimension == (6, 11)
    assert (found.algebra_dimension, found.largest) == (17, 126)
    assert repr(found) == "<qtangent.OrbitDimension: 6 to 11 of 126 for 2 samples, algebra of dimension 17>"


@pytest.mark.parametrize("topology", ["ring", "chain"])
@pytest.mark.parametrize("n", [2, 3])
def test_entanglers_between_rotations(n, topology):
    """Generators are moved through the entanglers; on the ring of three they stay symplectic."""
    deep = qt.ansatz.hardware_efficient(n, 14, topology=topology)
    found = orbit_dimension(qt.ansatz.hardware_efficient(n, 4, topology=topology))
    assert found.dimension == (fisher_rank(deep),)
    assert found.exact
    assert (
        found.algebra_dimension
        == {(2, "ring"): 15, (2, "chain"): 15, (3, "ring"): 36, (3, "chain"): 63}[n, topology]
    )


@pytest.mark.parametrize("n", [12, 40])
def test_everything_is_reached_without_a_state(n):
    """The whole of SU(2^n) moves every state everywhere, and no state is computed."""
    found = orbit_dimension(qt.ansatz.hardware_efficient(n, 3))
    assert found.dimension == (2 ** (n + 1) - 2,)
    assert found.exact
    assert found.algebra_dimension == 4**n - 1


def test_states_that_are_too_large_leave_the_dimension_of_the_algebra(monkeypatch):
    from qtangent.capacity import orbit

    circuit = qt.Circuit(4)
    for q in range(4):
        circuit.rx(qt.param(q), q)
    for q in range(3):
        circuit.rzz(qt.param(4 + q), q, q + 1)
    exact = orbit_dimension(circuit)
    monkeypatch.setattr(orbit, "_LARGEST", 0)
    again = orbit_dimension(circuit)
    assert (again.dimension, again.exact) == (exact.dimension, True)
    monkeypatch.setattr(orbit, "_WORK", 0)
    bound = orbit_dimension(circuit)
    assert (bound.dimension, bound.exact) == ((28,), False)
    with pytest.raises(qt.OutOfMemoryError, match="the states of shape"):
        orbit_dimension(qt.Circuit(50).rx(qt.param(0), 0))


def test_encodings_prepare_the_states():
    circuit = qt.encoding.angle(4) + ising(4, True, 3)
    X = np.random.default_rng(0).uniform(0, 3, (3, 4))
    found = orbit_dimension(circuit, X=X)
    deep = qt.encoding.angle(4) + ising(4, True, 20)
    assert found.dimension == tuple(fisher_rank(deep, x=x) for x in X)
    assert found.algebra_dimension == orbit_dimension(ising(4, True, 1)).algebra_dimension


def drawn(random, n):
    """A few parameters with fixed gates between them, some of which are not Clifford."""
    circuit, parameters = qt.Circuit(n), 0
    fixed = [("h", 1), ("s", 1), ("sx", 1), ("t", 1), ("cx", 2), ("cz", 2), ("iswap", 2), ("swap", 2)]
    trained = [("rx", 1), ("rz", 1), ("phase", 1), ("rxx", 2), ("crz", 2), ("cp", 2)]
    for _ in range(8):
        kinds = trained if random.random() < 0.4 else fixed
        name, k = kinds[random.integers(len(kinds))]
        where = random.choice(n, k, replace=False).tolist()
        if kinds is trained:
            getattr(circuit, name)(qt.param(parameters) + random.choice([0.0, 0.4]), *where)
            parameters += 1
        else:
            getattr(circuit, name)(*where)
    return circuit if parameters else circuit.rx(qt.param(0), 0)


@pytest.mark.parametrize("seed", range(30))
def test_random_circuits(seed):
    """Against the Fisher information of circuit and inverse in turn, in which only moved generators are left."""
    random = np.random.default_rng(seed)
    n = 2 + seed % 2
    circuit = drawn(random, n)
    found = orbit_dimension(circuit)
    deep = circuit + circuit.inverse()
    for _ in range(5):
        deep = deep + deep
    assert found.dimension == (fisher_rank(deep),)
    assert found.exact


def reuploading(n, layers):
    circuit = qt.Circuit(n)
    for layer in range(layers):
        for q in range(n):
            circuit.rx(qt.feature(q), q).rz(qt.param(layer * (n + 1) + q), q)
        circuit.rxx(qt.param(layer * (n + 1) + n), 0, 1)
    return circuit


def test_features_between_parameters():
    X = np.random.default_rng(1).uniform(0.3, 1.2, (2, 2))
    found = orbit_dimension(reuploading(2, 3), X=X)
    assert found.dimension == tuple(fisher_rank(reuploading(2, 8), x=x) for x in X) == (6, 6)
    assert found.algebra_dimension is None


def test_gates_that_are_not_clifford():
    """A fixed rotation by 0.3 turns the generators: against the dense algebra of the turned ones."""
    fixed = qt.Circuit(2).rx(0.3, 0).cx(0, 1).t(1)
    circuit = qt.Circuit(2).rz(qt.param(0), 0) + fixed + qt.Circuit(2).rz(qt.param(0), 0)
    turn = fixed.matrix()
    z = qt.pauli("ZI").matrix()
    algebra = qt.capacity.lie_algebra([z, turn.conj().T @ z @ turn])
    found = orbit_dimension(circuit)
    assert found.algebra_dimension == algebra.dimension
    vector = expm(-0.37j * turn.conj().T @ z @ turn) @ expm(-1.1j * z) @ state(2, "0")
    moved = algebra.basis @ vector
    moved = moved - (moved @ vector.conj())[:, None] * vector
    assert found.dimension == (np.linalg.matrix_rank(np.hstack([moved.real, moved.imag]), tol=1e-8),)


def test_controlled_gates_u3_and_evolutions():
    def layer(first):
        p = [qt.param(first + k) for k in range(7)]
        return (
            qt.Circuit(2).u3(p[0], p[1], p[2], 0).crx(p[3], 0, 1).cp(p[4], 1, 0).phase(p[5], 1)
            .evolve(p[6], qt.projector("01") + 0.3 * qt.pauli("XX"))
        )  # fmt: skip

    deep = qt.Circuit(2)
    for k in range(3):
        deep = deep.then(layer(7 * k))
    found = orbit_dimension(layer(0))
    assert found.dimension == (fisher_rank(deep),) == (6,)
    assert found.algebra_dimension == 16


def test_a_parameter_of_several_gates():
    """Two gates that commute are one generator; with something in between they count twice, as a bound."""
    together = qt.Circuit(2).rx(qt.param(0), 0).rz(qt.param(1), 1).rx(qt.param(0), 0)
    assert orbit_dimension(together).algebra_dimension == 2
    apart = qt.Circuit(2).rx(qt.param(0), 0).rzz(qt.param(1), 0, 1).ry(qt.param(0), 1)
    found = orbit_dimension(apart)
    assert found.dimension[0] >= fisher_rank(apart)


def test_a_state_that_nothing_moves():
    found = orbit_dimension(qt.Circuit(2).rz(qt.param(0), 0).rz(qt.param(1), 1))
    assert found.dimension == (0,)


def test_deep_circuits_stand_in_for_algebras_beyond_reach(monkeypatch):
    from qtangent.capacity import orbit

    expected = orbit_dimension(ising(4, True, 2))
    monkeypatch.setattr(orbit, "_SEARCHED", 3)
    found = orbit_dimension(ising(4, True, 2))
    assert (found.dimension, found.exact) == (expected.dimension, True)
    assert found.algebra_dimension is None
    expected = orbit_dimension(ising(5, False, 1))
    monkeypatch.setattr(orbit, "_WORK", 1)
    bound = orbit_dimension(ising(5, False, 1))
    assert not bound.exact
    assert bound.dimension[0] >= expected.dimension[0] > 8
    assert "at most" in repr(bound)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": qt.Circuit(2).h(0)}, "no parameters"),
        ({"model": qt.Circuit(1).rx(qt.param(0), 0).channel(qt.noise.depolarizing(0.1), 0)}, "is a channel"),
        ({"model": "ising"}, "a qt.Model or a qt.Circuit is expected"),
        ({"model": ising(2, False, 1), "states": np.eye(4)[None] / 4}, "density matrices"),
        ({"model": ising(2, False, 1), "states": np.ones((1, 3))}, r"\(1, 3\)"),
        ({"model": ising(2, False, 1), "seed": -1}, "seed is -1"),
        ({"model": qt.encoding.angle(2) + ising(2, False, 1)}, "2 features"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        orbit_dimension(**arguments)
