"""Predictions, Jacobians, kernels, losses and output states against the dense reference."""

import _thread
import pickle
import subprocess
import sys

import numpy as np
import pytest
import qtangent as qt
from random_matrices import random_hermitian, random_unitary
from reference import FIXED, GENERATORS, PAULI, Reference, density, pauli, predict

TOLERANCE = {"rtol": 0, "atol": 1e-11}


def surround(target, n, middle):
    """Parameterised mixing gates before and after the gate under test."""
    for q in range(n):
        target.ry(0.3 * qt.param(0) + 0.7 * (q + 1), q).rz(1.1 * q + 0.2, q)
    target.rxx(0.9, 0, 1).rxx(0.4, 1, 2)
    middle(target)
    for q in range(n):
        target.rx(qt.param(1) - 0.4 * q, q).ry(0.8 * q - 0.3, q)
    target.cx(0, 2)
    return target


def apply_gate(name):
    def middle(target):
        if name in FIXED:
            k = FIXED[name].shape[0].bit_length() - 1
            getattr(target, name)(*(2, 0, 1)[:k])
        elif name == "u3":
            target.u3(qt.param(2), 2 * qt.param(3) + 0.1, 0.5 * qt.param(2), 1)
        elif name == "rotation":
            target.rotation(qt.param(2), "XYZ", (1, 2, 0)).rotation(-2 * qt.param(3), "Z", (2,))
        elif name == "unitary":
            target.unitary(random_unitary(4), (2, 0)).unitary(random_unitary(8, 1), (1, 0, 2))
        elif name == "evolve":
            target.evolve(qt.param(2), random_hermitian(4), (2, 0)).evolve(
                qt.param(3), random_hermitian(2, 3), (1,)
            )
        else:
            k = GENERATORS[name].shape[0].bit_length() - 1
            getattr(target, name)(1.7 * qt.param(2) + 0.2, *(2, 0, 1)[:k])
            getattr(target, name)(qt.param(3), *(1, 2)[:k])

    return middle


GATES = [*FIXED, *GENERATORS, "u3", "rotation", "unitary", "evolve"]


@pytest.mark.parametrize("name", GATES)
def test_every_gate(name):
    """Predictions and Jacobian of pure states with the gate in the middle of a circuit."""
    circuit, reference = (surround(target, 3, apply_gate(name)) for target in (qt.Circuit(3), Reference(3)))
    theta = np.array([0.3, -0.8, 1.2, 2.1])[: circuit.n_params]
    states = qt.encoding.haar_states(3, 3, orthogonal=False, seed=1)
    observables = [pauli("ZII"), random_hermitian(8)]
    values, jacobian = predict(reference, observables, theta, states=states, scale=1.5)
    model = qt.Model(circuit, [qt.pauli("ZII"), qt.hermitian(observables[1])], scale=1.5)
    np.testing.assert_allclose(model.predict(theta, states=states), values, **TOLERANCE)
    np.testing.assert_allclose(model.jacobian(theta, states=states), jacobian, **TOLERANCE)


def data_circuit(target):
    """Every form of angle, features in the middle, shared parameters."""
    target.ry(qt.feature(0), 0).rx(qt.param(0) * qt.feature(1), 1).rz(2 * qt.param(1) + 0.5, 0)
    target.cp(qt.feature(0) * qt.feature(1) + qt.param(2), 0, 1).ry(qt.param(0) + qt.param(2), 2)
    target.cz(1, 2).rxx(qt.param(3) - 0.7 * qt.feature(2) + 1, 2, 0)
    return target.rotation(qt.param(1) * qt.feature(2) - 0.3, "YX", (2, 1)).ry(-qt.param(3), 1)


OBSERVABLES = [
    (qt.pauli("XZI"), pauli("XZI")),
    (
        0.5 * qt.pauli("ZII") - 2 * qt.pauli("IYY") + qt.pauli("III"),
        0.5 * pauli("ZII") - 2 * pauli("IYY") + np.eye(8),
    ),
    (qt.projector("101"), np.diag(np.arange(8) == 5).astype(complex)),
    (qt.hermitian(random_hermitian(8)) + qt.pauli("ZZZ"), random_hermitian(8) + pauli("ZZZ")),
]


@pytest.mark.parametrize("kind", ["none", "pure", "mixed"])
@pytest.mark.parametrize("m", [1, 5, 9])
def test_features_states_and_observables(kind, m):
    rng = np.random.default_rng(m)
    X, theta = rng.uniform(-2, 2, (m, 3)), rng.uniform(0, 6, (3, 4))
    states = None
    if kind != "none":
        states = qt.encoding.haar_states(3, m, orthogonal=False, seed=2)
    if kind == "mixed":
        other = qt.encoding.haar_states(3, m, orthogonal=False, seed=3)
        states = 0.7 * density(states, m, 3) + 0.3 * density(other, m, 3)
    model = qt.Model(data_circuit(qt.Circuit(3)), [native for native, _ in OBSERVABLES], scale=0.7)
    reference = data_circuit(Reference(3))
    expected = [predict(reference, [o for _, o in OBSERVABLES], t, X, states, 0.7) for t in theta]
    values, jacobian = (np.array(part) for part in zip(*expected, strict=True))
    arguments = {"X": X, "states": states}
    np.testing.assert_allclose(model.predict(theta, **arguments), values, **TOLERANCE)
    np.testing.assert_allclose(model.jacobian(theta, **arguments), jacobian, **TOLERANCE)
    np.testing.assert_allclose(model.jacobian(theta[1], **arguments), jacobian[1], **TOLERANCE)
    np.testing.assert_allclose(model.predict(theta, **arguments, chunk=2), values, **TOLERANCE)
    np.testing.assert_allclose(model.jacobian(theta, **arguments, chunk=2), jacobian, **TOLERANCE)
    full = np.einsum("sjap,skbp->sjakb", jacobian, jacobian)
    np.testing.assert_allclose(model.tangent_kernel(theta, **arguments, full=True), full, **TOLERANCE)
    summed = np.einsum("sjaka->sjk", full)
    np.testing.assert_allclose(model.tangent_kernel(theta, **arguments), summed, **TOLERANCE)


def test_single_observables_have_no_output_axis():
    X, theta = np.random.default_rng(0).uniform(-2, 2, (5, 3)), np.linspace(0, 1, 4)
    circuit = data_circuit(qt.Circuit(3))
    single, listed = qt.Model(circuit, qt.pauli("ZII")), qt.Model(circuit, [qt.pauli("ZII")])
    sets = np.array([theta, theta + 1])
    for t, s in ((theta, ()), (sets, (2,))):
        assert single.predict(t, X).shape == (*s, 5)
        assert listed.predict(t, X).shape == (*s, 5, 1)
        assert single.jacobian(t, X).shape == (*s, 5, 4)
        assert listed.jacobian(t, X).shape == (*s, 5, 1, 4)
        assert single.tangent_kernel(t, X).shape == (*s, 5, 5)
        assert single.tangent_kernel(t, X, full=True).shape == (*s, 5, 5)
        assert listed.tangent_kernel(t, X, full=True).shape == (*s, 5, 1, 5, 1)
        assert single.tangent_kernel(t, X, X[:2]).shape == (*s, 5, 2)
    assert np.shape(single.loss(theta, np.zeros(5), X=X)) == ()
    assert single.loss(sets, np.zeros(5), X=X).shape == (2,)


def test_kernel_between_two_sets_of_samples():
    rng = np.random.default_rng(0)
    X, X2, theta = rng.normal(size=(4, 3)), rng.normal(size=(6, 3)), rng.normal(size=4)
    model = qt.Model(data_circuit(qt.Circuit(3)), qt.pauli("ZXI"))
    product = model.jacobian(theta, X) @ model.jacobian(theta, X2).T
    np.testing.assert_allclose(model.tangent_kernel(theta, X, X2), product, **TOLERANCE)
    states = qt.encoding.haar_states(2, 3, seed=0)
    plain = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
    theta = rng.normal(size=8)
    product = plain.jacobian(theta, states=states) @ plain.jacobian(theta, states=states[:1]).T
    np.testing.assert_allclose(
        plain.tangent_kernel(theta, states=states, states2=states[:1]), product, **TOLERANCE
    )


def test_output_states():
    reference = data_circuit(Reference(3))
    rng = np.random.default_rng(0)
    X, theta = rng.normal(size=(3, 3)), rng.normal(size=(2, 4))
    states = qt.encoding.haar_states(3, 3, seed=4)
    model = qt.Model(data_circuit(qt.Circuit(3)), qt.pauli("ZII"))
    unitaries = np.array([[reference.matrix(t, x) for x in X] for t in theta])
    expected = np.einsum("smab,mb->sma", unitaries, states)
    np.testing.assert_allclose(model.output_states(theta, X, states), expected, **TOLERANCE)
    np.testing.assert_allclose(model.output_states(theta[0], X, states), expected[0], **TOLERANCE)
    rho = density(states, 3, 3)
    rotated = unitaries @ rho @ unitaries.conj().transpose(0, 1, 3, 2)
    np.testing.assert_allclose(model.output_states(theta, X, rho), rotated, **TOLERANCE)


def test_losses_and_gradients():
    rng = np.random.default_rng(0)
    X, theta = rng.normal(size=(5, 3)), rng.normal(size=(2, 4))
    model = qt.Model(data_circuit(qt.Circuit(3)), [qt.pauli("ZII"), qt.pauli("IXI"), qt.pauli("IIZ")])
    values, jacobian = model.predict(theta, X), model.jacobian(theta, X)
    y = rng.normal(size=(5, 3))
    residual = values - y
    loss, gradient = model.loss_and_gradient(theta, y, X=X)
    np.testing.assert_allclose(loss, (residual**2).sum(axis=(1, 2)) / 10, **TOLERANCE)
    np.testing.assert_allclose(gradient, np.einsum("sjk,sjkp->sp", residual, jacobian) / 5, **TOLERANCE)
    np.testing.assert_allclose(model.loss(theta, y, X=X), loss, **TOLERANCE)
    labels = np.array([0, 2, 1, 1, 0])
    loss, gradient = model.loss_and_gradient(theta, labels, X=X, loss="cross_entropy")
    soft = np.exp(values) / np.exp(values).sum(axis=2, keepdims=True)
    expected = -np.log(soft[:, np.arange(5), labels]).mean(axis=1)
    np.testing.assert_allclose(loss, expected, **TOLERANCE)
    weights = (soft - np.eye(3)[labels]) / 5
    np.testing.assert_allclose(gradient, np.einsum("sjk,sjkp->sp", weights, jacobian), **TOLERANCE)


@pytest.mark.parametrize("name", ["hardware_efficient", "haar", "hamiltonian_variational"])
def test_jacobians_by_parameter_shift(name):
    """One shift an eigenvalue gap is exact: here all angles are single, with two eigenvalues +-1/2 or +-1."""
    if name == "hardware_efficient":
        circuit, gap = qt.ansatz.hardware_efficient(4, 2), 1.0
    elif name == "haar":
        circuit, gap = qt.ansatz.haar(4, 6, seed=1), 2.0
    else:
        circuit, gap = qt.ansatz.hamiltonian_variational([qt.pauli("ZZII"), qt.pauli("IXIX")], 3), 2.0
    model = qt.Model(circuit, qt.pauli("ZIII"))
    states = qt.encoding.haar_states(4, 5, seed=0)
    theta = np.random.default_rng(0).uniform(0, 6, circuit.n_params)
    shifts = np.eye(circuit.n_params) * np.pi / (2 * gap)
    up, down = model.predict(theta + shifts, states=states), model.predict(theta - shifts, states=states)
    np.testing.assert_allclose(model.jacobian(theta, states=states).T, gap * (up - down) / 2, **TOLERANCE)


def test_z_sum():
    circuit = qt.Circuit(2).ry(qt.param(0), 0).rz(3 * qt.param(1), 1).rotation(0.4, "XX")
    circuit.evolve(qt.param(2), random_hermitian(4))

    def z(generator):
        d = len(generator)
        return (np.trace(generator @ generator) - np.trace(generator) ** 2 / d).real / (d * d - 1)

    expected = z(np.kron(PAULI["Y"], np.eye(2)) / 2) + 9 * z(np.kron(np.eye(2), PAULI["Z"]) / 2)
    expected += z(random_hermitian(4))
    assert abs(qt.Model(circuit, qt.pauli("ZI")).z_sum - expected) < 1e-12
    with pytest.raises(ValueError, match="feature"):
        _ = qt.Model(qt.Circuit(1).rx(qt.param(0) * qt.feature(0), 0), qt.pauli("Z")).z_sum


def test_arrays_of_other_types_and_orders():
    rng = np.random.default_rng(0)
    X, theta = rng.normal(size=(5, 3)), rng.normal(size=(2, 4))
    model = qt.Model(data_circuit(qt.Circuit(3)), qt.pauli("ZII"))
    expected = model.predict(theta, X)
    assert (model.predict(np.asfortranarray(theta), np.asfortranarray(X)) == expected).all()
    wide = np.zeros((10, 6))
    wide[::2, ::2] = X
    assert (model.predict(theta.tolist(), wide[::2, ::2]) == expected).all()
    assert (model.predict(theta[:, ::-1][:, ::-1], X[::-1][::-1]) == expected).all()
    single = X.astype(np.float32)
    assert (model.predict(theta, single) == model.predict(theta, single.astype(float))).all()
    whole = np.arange(15).reshape(5, 3) % 3
    assert (model.predict(theta, whole) == model.predict(theta, whole.astype(float))).all()
    readonly = X.copy()
    readonly.setflags(write=False)
    assert (model.predict(theta, readonly) == expected).all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_array_that_comes_again_is_read_again():
    model = qt.Model(data_circuit(qt.Circuit(3)), qt.pauli("ZII"))
    theta, X = np.linspace(0, 1, 4), np.linspace(0, 1, 15).reshape(5, 3).copy()

    def agrees():
        return (model.jacobian(theta, X) == model.jacobian(theta, X.tolist())).all()

    assert agrees()
    X *= 2  # numbers changed in place
    assert agrees()
    X.resize((6, 3), refcheck=False)  # moved, and other samples
    assert agrees()
    X.dtype = np.int64  # another type
    X %= 5
    assert agrees()
    X.shape = (3, 6)
    with pytest.raises(ValueError, match=r"\(3, 6\)"):
        model.jacobian(theta, X)
    features = X.astype(float).reshape(6, 3)
    model.jacobian(theta, features)
    states = np.tile(np.eye(8)[0].astype(complex), (6, 1))
    assert (model.jacobian(theta, features, states) == model.jacobian(theta, features)).all()


def test_a_call_that_proves_short_needs_no_thread_of_its_own(monkeypatch):
    """Estimates are careful; from the second call on the first one's duration counts."""
    n = 17
    model = qt.Model(qt.ansatz.hardware_efficient(n, 8), qt.pauli("Z" * n))
    theta, started = np.linspace(0, 1, model.n_params), []
    start = _thread.start_new_thread
    monkeypatch.setattr(_thread, "start_new_thread", lambda *of: started.append(of) or start(*of))
    first = model.jacobian(theta)
    assert len(started) == 1
    for _ in range(20):  # a first call also compiles, and the machine may be busy
        calls = len(started)
        assert (model.jacobian(theta) == first).all()
        if len(started) == calls:
            return
    raise AssertionError("every call had a thread of its own")


def example():
    X = np.linspace(0, 1, 15).reshape(5, 3)
    return qt.Model(data_circuit(qt.Circuit(3)), qt.pauli("ZII")), np.linspace(0, 1, 4), X


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, t, X: m.predict(t[:3], X), r"\(3,\).*4 parameters"),
        (lambda m, t, X: m.predict(t.reshape(1, 1, 4), X), r"\(1, 1, 4\)"),
        (lambda m, t, X: m.predict(t[None][:0], X), "at least one"),
        (lambda m, t, X: m.predict(t), "3 features"),
        (lambda m, t, X: m.predict(t, X[:, :2]), r"\(5, 2\).*3 features"),
        (lambda m, t, X: m.predict(t, X[0]), r"\(3,\)"),
        (lambda m, t, X: m.predict(t, X[:0]), "at least one"),
        (lambda m, t, X: m.predict(t, X, np.eye(4)), r"\(4, 4\).*\(m, 8\)"),
        (lambda m, t, X: m.predict(t, X, np.eye(8)), r"\(5, 3\).*\(8, 8\)"),
        (lambda m, t, X: m.predict(t, X, 2 * np.eye(8)[:5]), "norm"),
        (lambda m, t, X: m.predict(t, X, np.zeros((5, 8, 8))), "trace"),
        (lambda m, t, X: m.predict(t * np.nan, X), "nan"),
        (lambda m, t, X: m.predict(t, X + np.inf), "finite"),
        (lambda m, t, X: m.predict(t * 1j, X), "complex"),
        (lambda m, t, X: m.predict(["a"] * 4, X), "dtype"),
        (lambda m, t, X: m.predict(t, [[1, 2], [3]]), "rectangular"),
        (lambda m, t, X: m.predict(t, X, chunk=0), "chunk"),
        (lambda m, t, X: m.loss(t, np.zeros(4), X=X), r"\(4,\).*\(5,\)"),
        (lambda m, t, X: m.loss(t, np.full(5, np.nan), X=X), "nan"),
        (lambda m, t, X: m.loss(t, np.zeros(5), X=X, loss="hinge"), "hinge"),
        (lambda m, t, X: m.loss(t, np.zeros(5), X=X, loss="cross_entropy"), "integer labels"),
        (lambda m, t, X: m.loss(t, np.zeros(5, int), X=X, loss="cross_entropy"), "2 outputs"),
        (lambda m, t, X: m.memory_estimate(5, "banana"), "banana"),
        (lambda m, t, X: m.memory_estimate(0), "at least 1"),
        (lambda m, t, X: qt.Model(m.circuit, qt.pauli("Z")), "qubits"),
        (lambda m, t, X: qt.Model(m.circuit, []), "observable"),
        (lambda m, t, X: qt.Model(m.circuit, np.eye(8)), "not an observable"),
        (lambda m, t, X: qt.Model(m.circuit, qt.pauli("ZII"), scale=np.inf), "scale"),
        (lambda m, t, X: qt.Model(m.circuit, qt.pauli("ZII"), precision="half"), "'half'.*'single'"),
        (lambda m, t, X: qt.Model(qt.Circuit(1).h(0), qt.pauli("Z")).predict([], X), "no features"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call(*example())
    assert isinstance(caught.value, qt.QTangentError)


def test_models_keep_their_own_copy_of_the_circuit():
    circuit = qt.Circuit(1).ry(qt.param(0), 0)
    model = qt.Model(circuit, qt.pauli("Z"))
    circuit.ry(qt.param(1), 0)
    assert (model.n_params, circuit.n_params) == (1, 2)
    np.testing.assert_allclose(model.predict([0.3]), [np.cos(0.3)], **TOLERANCE)
    assert model.scale == 1
    assert model.observable == qt.pauli("Z")


def test_models_are_pickled():
    model, theta, X = example()
    other = pickle.loads(pickle.dumps(model))
    assert (other.predict(theta, X) == model.predict(theta, X)).all()
    listed = qt.Model(model.circuit, [qt.pauli("ZII"), qt.projector("111")], scale=2)
    again = pickle.loads(pickle.dumps(listed))
    assert (again.predict(theta, X) == listed.predict(theta, X)).all()


def test_memory_is_estimated_and_refused_before_it_is_taken():
    model, _, _ = example()
    assert model.memory_estimate(10**6) >= 8 * 10**6 * 4
    wide = qt.Model(qt.Circuit(1).ry(qt.feature(0), 0).ry(qt.param(9_999_999), 0), qt.pauli("Z"))
    with pytest.raises(qt.OutOfMemoryError, match=r"allowed; a chunk of \d+ samples fits"):
        wide.jacobian(np.zeros(wide.n_params), np.zeros((3000, 1)))
    with pytest.raises(qt.OutOfMemoryError, match="40 qubits"):
        qt.Model(qt.Circuit(40).h(0), qt.pauli("Z" * 40)).predict([])
    assert issubclass(qt.OutOfMemoryError, MemoryError)


HASH = """
import hashlib, sys, numpy as np, qtangent as qt
qt.set_num_threads(int(sys.argv[1]))
circuit = qt.encoding.zz(4) + qt.ansatz.hardware_efficient(4, 3) + qt.ansatz.haar(4, 3, seed=2)
model = qt.Model(circuit, [qt.pauli("ZIII"), qt.pauli("XXII") + qt.projector("0000")])
rng = np.random.default_rng(0)
X, theta, y = rng.normal(size=(37, 4)), rng.normal(size=(3, circuit.n_params)), rng.normal(size=(37, 2))
digest = hashlib.sha256()
states = qt.encoding.haar_states(4, 37, orthogonal=False, seed=1)
for result in (model.predict(theta, X, states), model.jacobian(theta, X, states), model.tangent_kernel(theta, X),
               *model.loss_and_gradient(theta[0], y, X=X), model.output_states(theta, X),
               qt.train(model, y, X=X, seed=3, optimizer=qt.Adam(0.05), steps=20, batch_size=5, record=("kernel",)).kernel):
    digest.update(np.ascontiguousarray(result).tobytes())
print(digest.hexdigest())
"""


def test_same_bits_on_any_number_of_threads_and_in_every_process():
    digests = {
        subprocess.run([sys.executable, "-c", HASH, count], capture_output=True, text=True, check=True).stdout
        for count in ("1", "2", "7", "2")
    }
    assert len(digests) == 1


def test_arrays_of_any_kind_give_the_same_bits():
    """Read-only, Fortran-ordered, strided and single-precision arrays, and lists: as plain arrays do."""
    model = qt.Model(qt.encoding.angle(3) + qt.ansatz.hardware_efficient(3, 2), qt.pauli("ZIZ"))
    theta, X = np.arange(12.0) / 8, np.arange(15.0).reshape(5, 3) / 16
    expected = model.jacobian(theta, X)
    read_only = [array.copy() for array in (theta, X)]
    for array in read_only:
        array.setflags(write=False)
    for given in (
        read_only,
        (np.repeat(theta, 2)[::2], np.asfortranarray(X)),
        (theta.astype(np.float32), X.astype(">f8")),
        (theta.tolist(), X.tolist()),
        (np.ma.array(theta), X[:, :]),
    ):
        assert np.array_equal(model.jacobian(*given), expected)
    empty = qt.Model(qt.encoding.angle(3), qt.pauli("ZIZ")).jacobian(np.zeros(0), X)
    assert empty.shape == (5, 0)
