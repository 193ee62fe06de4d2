"""What users guess first works, or says what to write."""

import itertools

import numpy as np
import pytest
import qtangent as qt

X, Y = np.linspace(0, 1, 8).reshape(4, 2), np.array([1.0, -1.0, 1.0, -1.0])
MODEL = qt.Model(qt.encoding.angle(2) + qt.ansatz.strongly_entangling(2, 1), qt.pauli("ZI"))
THETA = np.linspace(0, 2, 6)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda *data: qt.train(MODEL, *data), "train"),
        (lambda *data: qt.convergence.study(MODEL, *data), "study"),
        (lambda *data: MODEL.loss(THETA, *data), "loss"),
        (lambda *data: MODEL.loss_and_gradient(THETA, *data), "loss_and_gradient"),
    ],
)
def test_what_follows_y_has_names(call, name):
    with pytest.raises(qt.InvalidArgumentError, match=rf"{name} takes what follows y by name.*X=X\)$"):
        call(Y, X)
    for features, labels in ((X, Y), (X.tolist(), Y.tolist())):
        with pytest.raises(qt.InvalidArgumentError, match="they look exchanged, y comes first"):
            call(features, labels)
    with pytest.raises(qt.InvalidArgumentError, match="by name"):
        call([[1], [1, 2]], X)


def test_labels_given_as_X_are_told_so():
    for call in (
        lambda **data: qt.train(MODEL, steps=1, **data),
        lambda **data: MODEL.loss(THETA, **data),
        lambda **data: MODEL.loss_and_gradient(THETA, **data),
    ):
        with pytest.raises(qt.InvalidArgumentError, match="y and X look exchanged: y comes first"):
            call(y=X, X=Y)


def test_warnings_speak_in_the_voice_of_the_caller():
    with pytest.warns(qt.QTangentWarning) as caught:
        qt.train(MODEL, 3 * Y, X=X, steps=1)
    assert {one.filename for one in caught} == {__file__}


STRINGS = ["".join(letters) for letters in itertools.product("IXYZ", repeat=2)]


@pytest.mark.parametrize("one", STRINGS)
def test_products_of_strings_are_those_of_matrices(one):
    for other in STRINGS:
        left, right = qt.pauli(one), 0.5 * qt.pauli(other)
        expected = left.matrix() @ right.matrix()
        if np.array_equal(expected, expected.conj().T):
            np.testing.assert_array_equal((left @ right).matrix(), expected)
            assert (left @ right).dense is None
        else:
            with pytest.raises(
                qt.InvalidArgumentError, match="not Hermitian, since the factors do not commute"
            ):
                left @ right


def test_products_of_sums():
    rng = np.random.default_rng(1)
    weights = rng.normal(size=len(STRINGS))
    total = sum(weight * qt.pauli(name) for weight, name in zip(weights, STRINGS, strict=True))
    square = total.matrix() @ total.matrix()
    np.testing.assert_allclose((total @ total).matrix(), square, atol=1e-13)
    mixed = qt.projector("01") + qt.hermitian(np.diag([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_allclose((mixed @ qt.pauli("ZI")).matrix(), np.diag([1.0, 3.0, -3.0, -4.0]), atol=1e-15)
    with pytest.raises(qt.InvalidArgumentError, match=r"differs from its adjoint|not Hermitian"):
        mixed @ qt.pauli("XI")


def test_products_of_other_numbers_of_qubits():
    with pytest.raises(qt.InvalidArgumentError, match="on 1 and 2 qubits; both act on all qubits"):
        qt.pauli("Z") @ qt.pauli("ZI")
    with pytest.raises(TypeError):
        qt.pauli("Z") @ 2.0


def test_the_default_circuit_is_not_confined():
    """The Lie algebra of its generators is su(2^n), of dimension 4^n - 1 = 63; that of the ring is smaller."""
    chain, ring = (qt.ansatz.hardware_efficient(3, 6, topology=name) for name in ("chain", "ring"))
    assert qt.capacity.lie_algebra(_generators(chain)).dimension == 63
    assert qt.capacity.lie_algebra(_generators(ring)).dimension < 63
    assert qt.ansatz.hardware_efficient(3, 6) == qt.ansatz.hardware_efficient(3, 6, topology="chain")


def _generators(circuit):
    """The rotations' generators, carried to the front of the circuit through its fixed gates."""
    n = circuit.n_qubits
    fixed, found = np.eye(2**n), []
    for instruction in circuit:
        if instruction.angles:
            letter = {"ry": "Y", "rz": "Z"}[instruction.name]
            (qubit,) = instruction.qubits
            generator = qt.pauli("I" * qubit + letter + "I" * (n - qubit - 1)).matrix()
            found.append(qt.hermitian(fixed.conj().T @ generator @ fixed))
        else:
            fixed = qt.Circuit.from_instructions(n, [instruction]).matrix() @ fixed
    return found
