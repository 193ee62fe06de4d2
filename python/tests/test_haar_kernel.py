"""The mean tangent kernel of random circuits with noise, against exact moments and averages over circuits."""

import numpy as np
import pytest
import qtangent as qt
from trajectory_models import behind_unitaries

noise = qt.noise
GENERATOR = qt.pauli("ZI + 0.5 XX")
OBSERVABLE = qt.pauli("ZI + 0.3 II + 0.5 XY")
THETA = np.array([0.3, 1.1, 2.0])


def with_channels_behind_all(seed):
    """Channels and a gate behind the parameters too, which theta then matters for."""
    result = []
    for one in qt.ansatz.haar(2, 3, generator=GENERATOR, seed=seed):
        result.append(one)
        if one.name == "unitary":
            result.append(qt.Instruction("channel", 0, channel=noise.amplitude_damping(0.3)))
            result.append(qt.Instruction("channel", 1, channel=noise.phase_flip(0.2)))
        else:
            result.append(qt.Instruction("channel", 1, channel=noise.amplitude_damping(0.4)))
            result.append(qt.Instruction("cx", (0, 1)))
    return qt.Circuit.from_instructions(2, result)


def coherent_and_damped(seed):
    turn = noise.kraus([qt.Circuit(1).rx(0.7, 0).matrix()])
    return behind_unitaries(
        qt.ansatz.haar(2, 3, generator=GENERATOR, seed=seed), turn, noise.amplitude_damping(0.5, 0.1)
    )


@pytest.mark.parametrize("circuit", [with_channels_behind_all, coherent_and_damped])
def test_against_an_average_over_circuits(circuit):
    states = qt.encoding.haar_states(2, 2, seed=5)
    wanted = qt.convergence.haar_kernel(qt.Model(circuit(0), OBSERVABLE, 1.4), states, THETA)
    drawn = np.array(
        [
            qt.Model(circuit(seed), OBSERVABLE, 1.4).tangent_kernel(THETA, states=states)
            for seed in range(1, 500)
        ]
    )
    errors = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert errors.max() < 0.1 * wanted.max()
    assert np.abs((drawn.mean(axis=0) - wanted) / errors).max() < 4


def test_without_noise_it_is_the_exact_mean():
    states = qt.encoding.haar_states(2, 3, orthogonal=False, seed=5)
    model = qt.Model(qt.ansatz.haar(2, 3, generator=GENERATOR, seed=0), OBSERVABLE, 1.4)
    spectrum = 1.4 * np.linalg.eigvalsh(OBSERVABLE.matrix())
    free = 2 * 4 * model.z_sum * qt.convergence.haar_covariance(spectrum, states)
    np.testing.assert_allclose(qt.convergence.haar_kernel(model, states), free, atol=1e-12)
    # Global depolarising takes the square of what it leaves, mixed states count by their overlaps.
    noisy = qt.Model(behind_unitaries(model.circuit, noise.global_depolarizing(0.9)._on(2)), OBSERVABLE, 1.4)
    found = qt.convergence.haar_kernel(noisy, states)
    np.testing.assert_allclose(found, 0.9**8 * free, atol=1e-12)
    mixed = np.einsum("mi,mj->mij", states, states.conj())
    np.testing.assert_allclose(qt.convergence.haar_kernel(noisy, mixed), found, atol=1e-12)


def test_damping_leaves_a_kernel_of_rank_one():
    """It keeps the last layers alive, in a way that is the same for all samples."""
    states = qt.encoding.haar_states(2, 2, seed=1)
    values = []
    for p in (30, 60):
        circuit = behind_unitaries(qt.ansatz.haar(2, p, seed=1), noise.amplitude_damping(0.2))
        model = qt.Model(circuit, qt.pauli("ZI"))
        values.append(np.linalg.eigvalsh(qt.convergence.haar_kernel(model, states)))
    assert values[1][1] == pytest.approx(values[0][1], rel=1e-3)
    # What tells samples apart falls with the depth, as prod u.
    assert values[1][0] < 1e-4 * values[0][0] < 1e-6 * values[0][1]


def test_what_it_needs():
    model = qt.Model(qt.ansatz.haar(2, 2, seed=1), qt.pauli("ZI"))
    with pytest.raises(qt.InvalidArgumentError, match="behind every gate"):
        qt.convergence.haar_kernel(qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI")))
    with pytest.raises(qt.InvalidArgumentError, match="2 outputs"):
        qt.convergence.haar_kernel(qt.Model(model.circuit, [qt.pauli("ZI"), qt.pauli("IZ")]))
    with pytest.raises(qt.InvalidArgumentError, match="5 are the limit"):
        qt.convergence.haar_kernel(qt.Model(qt.ansatz.haar(6, 2), qt.pauli("ZIIIII")))
    with pytest.raises(qt.InvalidArgumentError, match="one is expected"):
        qt.convergence.haar_kernel(model, theta=[[0.1, 0.2], [0.3, 0.4]])
    shared = model.circuit.then(model.circuit)
    with pytest.raises(qt.InvalidArgumentError, match=r"param\(0\) is in several gates"):
        qt.convergence.haar_kernel(qt.Model(shared, qt.pauli("ZI")))
    u3 = qt.Circuit(1).unitary(np.eye(2)).u3(qt.param(0), 0.1, 0.2, 0).unitary(np.eye(2))
    with pytest.raises(qt.InvalidArgumentError, match="u3"):
        qt.convergence.haar_kernel(qt.Model(u3, qt.pauli("Z")))
    features = qt.Circuit(1).rx(qt.feature(0), 0).unitary(np.eye(2)).rx(qt.param(0), 0).unitary(np.eye(2))
    with pytest.raises(qt.InvalidArgumentError, match="features"):
        qt.convergence.haar_kernel(qt.Model(features, qt.pauli("Z")))
