"""What noise leaves of the measurement, and the limit that training tends to under it."""

import numpy as np
import pytest
import qtangent as qt
from kraus_sums import circuit_of, complex_array, golden, observable_of
from scipy.integrate import solve_ivp
from trajectory_models import behind_unitaries

noise = qt.noise


def test_golden_global_depolarising_is_exact():
    inputs, outputs, tolerance = golden("global_depolarizing_contracts")
    circuit = circuit_of(inputs["n_qubits"], inputs["circuit"])
    model = qt.Model(circuit, observable_of(inputs["observable"]))
    states, theta = complex_array(inputs["states"]), inputs["theta"]
    found = model.contraction
    np.testing.assert_allclose(found.q, [0.9, 0.8], atol=tolerance)
    assert pytest.approx(0.72) == found.Q
    assert found.meaning == "exact"
    # The mean of the values, 1/4, is not contracted.
    limit = qt.dynamics.asymptotic(model, theta, [0.5, 0.1], [0, 1], states=states, contraction=found.Q)
    np.testing.assert_allclose(limit.predictions[0], outputs["predictions"], atol=1e-9)
    plain = qt.Model(circuit_of(inputs["n_qubits"], inputs["circuit"], False), model.observable)
    free = qt.dynamics.asymptotic(plain, theta, [0.5, 0.1], [0, 1], states=states)
    np.testing.assert_allclose(limit.kernel[0], found.Q**2 * free.kernel[0], atol=1e-9)
    np.testing.assert_allclose(limit.loss, np.mean(limit.residuals**2, axis=1) / 2, rtol=1e-12)
    np.testing.assert_allclose(limit.residuals, limit.predictions - [0.5, 0.1], atol=1e-14)


def test_golden_haar_layers():
    inputs, outputs, _ = golden("haar_layers_global_depolarising")
    n, q = inputs["n_qubits"], inputs["q"]
    layers = qt.ansatz.haar(n, len(q), unitaries=complex_array(inputs["unitaries"]))
    kept = iter(q)
    result = []
    for one in layers:
        result.append(one)
        if one.name != "unitary":
            result.append(qt.Instruction("channel", range(n), channel=noise.global_depolarizing(next(kept))))
    model = qt.Model(
        qt.Circuit.from_instructions(n, result), observable_of(inputs["observable"]), inputs["scale"]
    )
    assert pytest.approx(outputs["Q"], abs=1e-12) == model.contraction.Q
    assert model.contraction.meaning == "exact"
    states, theta, y = complex_array(inputs["states"]), np.array(inputs["theta"]), inputs["y"]
    narrow = qt.Model(layers, model.observable, outputs["Q"] * inputs["scale"])
    runs = [
        qt.train(
            one, y, states=states, theta=theta, steps=inputs["steps"], record=("loss", "predictions"),
            optimizer=qt.GradientDescent(inputs["learning_rate"]),
        )
        for one in (model, narrow)
    ]  # fmt: skip
    np.testing.assert_allclose(runs[0].predictions, runs[1].predictions, atol=1e-12)
    times = [0.0, 1.0, 5.0]
    np.testing.assert_allclose(
        qt.dynamics.asymptotic(model, theta, y, times, states=states, contraction=outputs["Q"]).predictions,
        qt.dynamics.asymptotic(narrow, theta, y, times, states=states).predictions,
        atol=1e-9,
    )


def test_golden_transition():
    inputs, outputs, tolerance = golden("contracted_limit_transition")
    gram, measured = complex_array(inputs["gram"]), complex_array(inputs["measured_gram"])
    for case in outputs["reduced"]:
        curve = qt.dynamics.asymptotic_from_gram(
            gram, measured, inputs["y"], inputs["time"], scale=case["Q"] * case["scale"]
        )
        np.testing.assert_allclose(curve.predictions, case["predictions"], atol=tolerance)
        np.testing.assert_allclose(curve.loss, case["loss"], atol=tolerance)
    # One sample that starts at a fifth of the range: cos(a) = 0.2.
    circuit = qt.Circuit(1).ry(qt.param(0), 0)
    noisy = circuit.copy().channel(noise.global_depolarizing(0.8), 0)
    for case in outputs["one_sample"]:
        model = qt.Model(noisy, qt.pauli("Z"), scale=case["Q_gamma"] / 0.8)
        curve = qt.dynamics.asymptotic(
            model, [np.arccos(0.2)], [1.0], inputs["time"], contraction=model.contraction.Q
        )
        # The case's own integrator is this exact.
        np.testing.assert_allclose(curve.predictions[:, 0], case["prediction"], atol=1e-5)
        frozen = (1 - min(1.0, case["Q_gamma"])) ** 2 / 2
        late = qt.dynamics.asymptotic(model, [np.arccos(0.2)], [1.0], [0.0, 200.0], contraction=0.8)
        assert late.loss[-1] == pytest.approx(frozen, abs=1e-6)
    for case in outputs["critical_layers"]:
        layer = qt.Circuit(2).ry(qt.param(0), 0).channel(noise.global_depolarizing(case["q"]))
        model = qt.Model(layer, qt.pauli("ZI"), scale=case["scale"])
        assert model.contraction.critical_layers == pytest.approx(case["layers"], rel=1e-9)


@pytest.mark.parametrize("text", ["ZI", "0.5 ZI + 0.3 XX + 0.2 II"])
def test_the_contracted_limit_is_its_differential_equation(text):
    """Against the flow of matrices, written out."""
    circuit = behind_unitaries(qt.ansatz.haar(2, 4, seed=3), noise.amplitude_damping(0.1))
    model = qt.Model(circuit, qt.pauli(text), scale=1.4)
    states, y, theta = qt.encoding.haar_states(2, 3, seed=4), np.array([0.6, -0.5, 0.2]), [0.3, 1, 2, 0.4]
    rho = np.einsum("mi,mj->mij", states, states.conj())
    unitary = qt.ansatz.haar(2, 4, seed=3).matrix(theta)
    start = 1.4 * unitary.conj().T @ model.observable.matrix() @ unitary
    mean = np.trace(start).real / 4 * np.eye(4)

    def change(_, flat):
        m = flat.reshape(4, 4)
        residuals = np.einsum("ij,mji->m", m, rho).real - y
        total = np.einsum("m,mij->ij", residuals, rho)
        inner = m @ total - total @ m
        return -(m @ inner - inner @ m).ravel()

    times = [0.0, 0.5, 2.0]
    solved = solve_ivp(
        change, (0, 2), (mean + 0.7 * (start - mean)).ravel(), t_eval=times, rtol=1e-10, atol=1e-12
    )
    wanted = [np.einsum("ij,mji->m", one.reshape(4, 4), rho).real for one in solved.y.T]
    found = qt.dynamics.asymptotic(model, theta, y, times, states=states, contraction=0.7)
    np.testing.assert_allclose(found.predictions, wanted, atol=1e-7)


def test_weak_local_noise_trains_as_the_contracted_limit():
    p, q = 160, (0.8 / 1.5) ** (1 / 160)
    # Depolarising on each of two qubits with this twirl: (1 + 3k)^2/4 = 1 + 15 q.
    left = (np.sqrt(1 + 15 * q) - 1) / 3
    circuit = behind_unitaries(qt.ansatz.haar(2, p, seed=5), noise.depolarizing(3 * (1 - left) / 4, 1))
    model = qt.Model(circuit, qt.pauli("ZI"), scale=1.5)
    found = model.contraction
    assert found.meaning == "limit"
    np.testing.assert_allclose(found.q, q, rtol=1e-12)
    assert 0 < np.sum(found.unitarity - found.q**2) < 0.01
    states, y = qt.encoding.haar_states(2, 2, seed=6), np.array([1.0, -1.0])
    theta = np.random.default_rng(7).uniform(0, 2 * np.pi, p)
    run = qt.train(
        model, y, states=states, theta=theta, steps=200, optimizer=qt.GradientDescent(0.05 * 2 / model.z_sum)
    )
    limit = qt.dynamics.asymptotic(model, theta, y, [10.0], states=states, contraction=found.Q)
    free = qt.dynamics.asymptotic(model, theta, y, [10.0], states=states, contraction=1.0)
    assert run.loss[-1] == pytest.approx(limit.loss[-1], rel=0.1)
    assert limit.loss[-1] == pytest.approx(0.02, rel=0.2)
    assert free.loss[-1] < 1e-6


def test_twirls_on_the_register():
    """Against transfer matrices of the whole register."""
    channels = [noise.amplitude_damping(0.3, 0.2), noise.pauli({"XY": 0.1, "ZZ": 0.2})]
    circuit = qt.Circuit(3).channel(channels[0], 2).channel(channels[1], (0, 1)).ry(qt.param(0), 0)
    found = qt.Model(circuit, qt.pauli("ZII")).contraction
    whole = np.kron(channels[1].ptm, channels[0].ptm)
    assert found.meaning == "guide"
    assert len(found.q) == 1
    assert found.q[0] == pytest.approx((np.trace(whole) - 1) / 63, abs=1e-13)
    assert found.unitarity[0] == pytest.approx(np.sum(whole[1:, 1:] ** 2) / 63, abs=1e-13)
    # What acts on the same qubits again, or behind a gate, is another layer.
    circuit.channel(channels[0], 0).channel(channels[0], 0).channel(channels[0], 1)
    assert len(qt.Model(circuit, qt.pauli("ZII")).contraction.q) == 3


def test_twirls_of_many_qubits():
    assert noise.twirl(noise.depolarizing(0.3, 7)) == pytest.approx(1 - 0.3 * 4**7 / (4**7 - 1))
    for n in (4, 6):
        pauli = noise.pauli({"X" * n: 0.1, "Z" + "I" * (n - 1): 0.25})
        d2 = 4**n
        assert noise.twirl(pauli) == pytest.approx((d2 * 0.65 - 1) / (d2 - 1))
        assert noise.unitarity(pauli) == pytest.approx((d2 * (0.65**2 + 0.1**2 + 0.25**2) - 1) / (d2 - 1))
    small = noise.pauli({"XXXX": 0.1, "ZIII": 0.25})
    assert noise.twirl(small) == pytest.approx((np.trace(small.ptm) - 1) / 255)


def test_unitary_errors_contract_nothing():
    turn = qt.Circuit(2).rxx(0.4, 0, 1).matrix()
    result = []
    for one in qt.ansatz.haar(2, 3, seed=1):
        result.append(one)
        if one.name == "unitary":
            result.append(qt.Instruction("channel", (0, 1), channel=noise.kraus([turn * np.exp(0.3j)])))
    circuit = qt.Circuit.from_instructions(2, result)
    gates = qt.Circuit.from_instructions(
        2, [one if one.channel is None else qt.Instruction("unitary", (0, 1), matrix=turn) for one in result]
    )
    model = qt.Model(circuit, qt.pauli("ZI"), scale=1.5)
    assert model.contraction.Q == 1
    assert model.contraction.critical_layers == np.inf
    theta, y, times = [0.1, 0.2, 0.3], [1.0], [0.0, 1.0]
    found = qt.dynamics.asymptotic(model, theta, y, times)
    wanted = qt.dynamics.asymptotic(qt.Model(gates, qt.pauli("ZI"), scale=1.5), theta, y, times)
    np.testing.assert_allclose(found.predictions, wanted.predictions, atol=1e-10)


def test_reach():
    layer = qt.Circuit(1).channel(noise.bit_flip(0.1), 0)
    q = 1 - 0.4 / 3
    for observable, scale, reach in [
        (qt.pauli("Z"), -1.5, 1.5),
        (qt.projector("0"), 4.0, 0.0),  # from 0 to 4, mean 2
        (qt.projector("0") * 2 - qt.pauli("I") * 0.25, 1.0, 1 / 1.75),  # from -0.25 to 1.75, mean 0.75
        (qt.pauli("3 Z + 0.5 I"), 1.0, 2.0),  # from -2.5 to 3.5
    ]:
        found = qt.Model(layer, observable, scale).contraction
        assert found.reach == pytest.approx(reach)
        assert found.critical_layers == pytest.approx(0.0 if reach <= 1 else np.log(reach) / -np.log(q))
    both = qt.Model(layer, [qt.pauli("Z"), qt.pauli("2 X")], 1.5).contraction
    assert both.reach == pytest.approx(1.5)
    flipped = qt.Model(qt.Circuit(1).channel(noise.bit_flip(1.0), 0), qt.pauli("Z"), 2.0).contraction
    assert flipped.Q == 1  # X is a unitary
    assert (
        qt.Model(
            qt.Circuit(1).channel(noise.bit_flip(0.9), 0), qt.pauli("Z"), 2.0
        ).contraction.critical_layers
        == 0
    )


def test_a_limit_of_noise_needs_its_contraction():
    circuit = behind_unitaries(qt.ansatz.haar(2, 2, seed=1), noise.depolarizing(0.1, 1))
    model = qt.Model(circuit, qt.pauli("ZI"))
    with pytest.raises(
        qt.InvalidArgumentError, match=r"depolarizing\(0.1\).*contraction=model.contraction.Q"
    ):
        qt.dynamics.asymptotic(model, [0.1, 0.2], [1.0], [0, 1])
    for wrong in (1.1, -0.1, np.nan):
        with pytest.raises(qt.InvalidArgumentError, match="contraction"):
            qt.dynamics.asymptotic(model, [0.1, 0.2], [1.0], [0, 1], contraction=wrong)
    nothing = qt.dynamics.asymptotic(model, [0.1, 0.2], [1.0], [0, 1], contraction=0.0)
    np.testing.assert_allclose(nothing.predictions, 0, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2])
def test_noise_may_turn_the_measurement_round(n):
    """Depolarising with p = 1 leaves -1/(4^n - 1) of every string: no channel leaves less."""
    free = qt.ansatz.haar(n, 2, seed=4)
    model = qt.Model(
        free + qt.Circuit(n).channel(noise.depolarizing(1.0, n), range(n)), qt.pauli("Z" * n), 1.5
    )
    assert pytest.approx(-1 / (4**n - 1), abs=1e-14) == model.contraction.Q
    assert model.contraction.meaning == "exact"
    theta = [0.3, 0.8]
    limit = qt.dynamics.asymptotic(model, theta, [0.4], [0, 1], contraction=model.contraction.Q)
    np.testing.assert_allclose(limit.predictions[0], model.predict(theta), atol=1e-12)
    opposite = qt.dynamics.asymptotic(
        qt.Model(free, model.observable, 1.5 * model.contraction.Q), theta, [0.4], [0, 1]
    )
    np.testing.assert_allclose(limit.predictions, opposite.predictions, atol=1e-12)
