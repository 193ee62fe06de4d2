"""Circuits and observables of up to 128 qubits: masks of two words, and averages without a state."""

import pickle
import time

import numpy as np
import pytest
import qtangent as qt


def letters(n, **at):
    """A string of n letters, I but for some qubits: q64="Z"."""
    return "".join(at.get(f"q{q}", "I") for q in range(n))


def chain(n, layers, first=0, width=None):
    """Encoding, then layers of RY, RZ and a CZ chain on `width` qubits from `first`."""
    width = n if width is None else width
    circuit, parameter = qt.Circuit(n), 0
    for q in range(width):
        circuit.ry(qt.feature(q), first + q)
    for _ in range(layers):
        for q in range(first, first + width):
            circuit.ry(qt.param(parameter), q).rz(qt.param(parameter + 1), q)
            parameter += 2
        for q in range(first, first + width - 1):
            circuit.cz(q, q + 1)
    return circuit


@pytest.mark.parametrize("n", [62, 63, 64, 65, 100, 127, 128])
def test_observables_keep_every_letter(n):
    rng = np.random.default_rng(n)
    strings = ["".join(rng.choice(list("IXYZ"), n)) for _ in range(3)]
    total = 0.5 * qt.pauli(strings[0]) - 2 * qt.pauli(strings[1]) + qt.pauli(strings[2])
    assert {(term.pauli, term.coefficient) for term in total.terms} == {
        (strings[0], 0.5),
        (strings[1], -2.0),
        (strings[2], 1.0),
    }
    again = pickle.loads(pickle.dumps(total))
    assert again == total
    bits = "".join(rng.choice(list("01"), n))
    projector = qt.projector(bits)
    assert pickle.loads(pickle.dumps(projector)) == projector
    assert bits in repr(projector.terms)
    circuit = qt.Circuit(n).h(0).cx(n - 1, 0).rotation(qt.param(1), strings[0])
    circuit.evolve(qt.param(0), qt.pauli("Z" * n) + 0.5 * qt.pauli("I" * (n - 2) + "ZZ"))
    assert pickle.loads(pickle.dumps(circuit)) == circuit


@pytest.mark.parametrize("first", [0, 58, 60, 62, 122])
def test_predictions_do_not_depend_on_where_the_qubits_lie(first):
    """Six qubits in 128, across the border of the words too."""
    small = qt.Model(chain(6, 2), qt.pauli("IIZXII") - 0.3 * qt.pauli("YIIIIZ"))
    wide = qt.Model(
        chain(128, 2, first, 6),
        qt.pauli(letters(128, **{f"q{first + 2}": "Z", f"q{first + 3}": "X"}))
        - 0.3 * qt.pauli(letters(128, **{f"q{first}": "Y", f"q{first + 5}": "Z"})),
    )
    rng = np.random.default_rng(3)
    theta, X = rng.uniform(0, 6, small.n_params), rng.normal(size=(4, 6))
    np.testing.assert_allclose(wide.predict(theta, X), small.predict(theta, X), rtol=0, atol=1e-13)
    np.testing.assert_allclose(wide.jacobian(theta, X), small.jacobian(theta, X), rtol=0, atol=1e-13)
    a, b = qt.capacity.average_kernel(wide, X), qt.capacity.average_kernel(small, X)
    np.testing.assert_allclose(a.kernel, b.kernel, rtol=0, atol=1e-13)
    np.testing.assert_allclose(a.covariance, b.covariance, rtol=0, atol=1e-13)
    assert a.strings == b.strings


def test_what_simulates_says_its_limit_and_averages_have_none():
    n = 40
    model = qt.Model(chain(n, 1), qt.pauli("Z" * n))
    X = np.linspace(-1, 1, 2 * n).reshape(2, n)
    assert model.n_params == 2 * n
    for call in (
        lambda: model.predict(np.zeros(2 * n), X),
        lambda: model.jacobian(np.zeros(2 * n), X),
        lambda: model.memory_estimate(1),
        lambda: qt.train(model, [1, -1], X=X, steps=1),
    ):
        with pytest.raises(qt.OutOfMemoryError, match="40 qubits does not fit; simulation is limited to 30"):
            call()
    found = qt.capacity.average_kernel(model, X, method="walks", walks=4000, seed=1)
    assert (found.kernel[np.diag_indices(2)] > 0).all()


def test_walks_agree_with_the_table_on_128_qubits():
    X = np.array([[((128 * j + q) * 0.137) % 2 - 1 for q in range(128)] for j in range(2)])
    model = qt.Model(chain(128, 3), qt.pauli(letters(128, q64="Z")))
    exact = qt.capacity.average_kernel(model, X)
    assert exact.strings == 183
    found = qt.capacity.average_kernel(model, X, method="walks", walks=4000, seed=5)
    assert (abs(found.kernel - exact.kernel) < 4.5 * found.standard_error).all()


def test_deep_walks_on_a_hundred_qubits_take_seconds():
    X = np.array([[((100 * j + q) * 0.137) % 2 - 1 for q in range(100)] for j in range(3)])
    deep = qt.Model(chain(100, 10), qt.pauli(letters(100, q50="Z")))
    assert deep.n_params == 2000
    start = time.process_time()
    found = qt.capacity.average_kernel(deep, X, method="walks", walks=20_000, seed=1)
    assert time.process_time() - start < 5
    assert (np.diag(found.standard_error) < 0.1 * np.diag(found.kernel)).all()
    shallow = qt.Model(chain(100, 4), deep.observable)
    exact = qt.capacity.average_kernel(shallow, X)
    found = qt.capacity.average_kernel(shallow, X, method="walks", walks=20_000, seed=1)
    assert (abs(found.kernel - exact.kernel) < 4 * found.standard_error).all()


def test_a_hundred_and_twenty_nine_are_too_many():
    for call in (
        lambda: qt.Circuit(129),
        lambda: qt.pauli("Z" * 129),
        lambda: qt.projector("0" * 129),
    ):
        with pytest.raises(qt.InvalidArgumentError, match="128"):
            call()
