"""Channels as values and as instructions, and noise models that put them into circuits."""

import copy
import pickle

import numpy as np
import pytest
import qtangent as qt
from kraus_sums import circuit_of, complex_array, golden, kraus, made, observable_of
from reference import pauli

noise = qt.noise


def transfer(operators):
    d = len(operators[0])
    n = d.bit_length() - 1
    strings = [pauli("".join("IXYZ"[k >> 2 * (n - 1 - q) & 3] for q in range(n))) for k in range(d * d)]
    return np.array(
        [
            [sum(np.trace(a @ k @ b @ k.conj().T) for k in operators).real / d for b in strings]
            for a in strings
        ]
    )


@pytest.mark.parametrize("k", range(10))
def test_channels_of_one_qubit_are_the_golden_ones(k):
    inputs, outputs, tolerance = golden("channels_one_qubit")
    name, args = inputs["channels"][k]["name"], inputs["channels"][k]["args"]
    wanted, channel = outputs["results"][k], made(name, args)
    np.testing.assert_allclose(channel.ptm, wanted["ptm"], atol=tolerance)
    assert noise.twirl(channel) == pytest.approx(wanted["q"], abs=tolerance)
    assert noise.unitarity(channel) == pytest.approx(wanted["u"], abs=tolerance)
    rho = complex_array(inputs["rho"])
    out = sum(one @ rho @ one.conj().T for one in channel.kraus)
    np.testing.assert_allclose(out, complex_array(wanted["rho_out"]), atol=tolerance)


@pytest.mark.parametrize(
    ("channel", "operators"),
    [
        (noise.depolarizing(0.3, 2), kraus("depolarizing2", [0.3])),
        (noise.pauli({"XY": 0.1, "ZI": 0.25}), kraus("pauli", [{"XY": 0.1, "ZI": 0.25}])),
        (noise.pauli({"II": 0.5, "ZZ": 0.5}), kraus("pauli", [{"ZZ": 0.5}])),
        (noise.kraus(np.kron(kraus("reset", [0.3]), [[[1, 0], [0, 1j]]])), kraus("reset", [0.3])),
        (noise.depolarizing(1.0), kraus("depolarizing", [1.0])),
        (noise.depolarizing(0.0), [np.eye(2)]),
        (noise.amplitude_damping(1.0, 0.25), kraus("generalized_amplitude_damping", [1.0, 0.25])),
        (noise.thermal_relaxation(np.inf, 3.0, 1.0), [np.eye(2)]),
    ],
    ids=str,
)
def test_transfer_matrices_are_those_of_the_definitions(channel, operators):
    if len(operators[0]) != len(channel.kraus[0]):
        operators = [np.kron(one, np.diag([1, 1j])) for one in operators]
    if channel.name.startswith("thermal"):
        operators = kraus("phase_flip", [(1 - np.exp(-1 / 3)) / 2])
    np.testing.assert_allclose(channel.ptm, transfer(operators), atol=1e-14)
    total = sum(one.conj().T @ one for one in channel.kraus)
    np.testing.assert_allclose(total, np.eye(len(total)), atol=1e-12)


def test_names_that_are_not_the_same_elsewhere():
    # phase_damping(l) is phase_flip((1 - sqrt(1 - l))/2), and not phase_flip(l).
    np.testing.assert_allclose(
        noise.phase_damping(0.3).ptm, noise.phase_flip((1 - np.sqrt(0.7)) / 2).ptm, atol=1e-15
    )
    # Aer's depolarizing_error(l, n) keeps 1 - l.
    np.testing.assert_allclose(
        noise.depolarizing(0.1 * (1 - 1 / 16), 2).ptm, np.diag([1, *[0.9] * 15]), atol=1e-15
    )
    np.testing.assert_allclose(noise.amplitude_damping(1.0, 1.0).ptm[3], [-1, 0, 0, 0], atol=1e-15)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: noise.depolarizing(1.2), "p is 1.2"),
        (lambda: noise.depolarizing(-0.1), "p is -0.1"),
        (lambda: noise.depolarizing(float("nan")), "p is nan"),
        (lambda: noise.depolarizing(0.1, 0), "n_qubits is 0"),
        (lambda: noise.global_depolarizing(1.5), "q is 1.5"),
        (lambda: noise.pauli({"X": 0.6, "Z": 0.6}), "add up to 1.2"),
        (lambda: noise.pauli({"X": 0.6, "ZZ": 0.1}), "have 1 and 2 letters"),
        (lambda: noise.pauli({}), "dictionary"),
        (lambda: noise.pauli({"I": 0.5, "X": 0.1}), "leave it out"),
        (lambda: noise.pauli({"Q": 0.1}), "not one of I, X, Y, Z"),
        (lambda: noise.kraus([np.eye(2), np.eye(2)]), "does not keep the trace"),
        (lambda: noise.kraus([0.5 * np.eye(2)]), "differs from 1 by 0.75, the tolerance is 1e-10"),
        (lambda: noise.kraus([]), "at least one"),
        (lambda: noise.kraus([np.eye(2), np.eye(4)]), "one size"),
        (lambda: noise.kraus([np.eye(3)]), "3 x 3"),
        (lambda: noise.kraus([np.eye(32)]), "32 rows; a channel acts on at most four qubits"),
        (lambda: noise.thermal_relaxation(10, 21, 1), "t2 is 21 and t1 is 10"),
        (lambda: noise.thermal_relaxation(1, 2.0000001, 1), "t2 is 2.0000001 and"),
        (lambda: noise.bit_flip(1 + 1e-15), "p is 1.00000000000000"),
        (lambda: noise.bit_flip(10**400), "p is an integer too large"),
        (lambda: noise.depolarizing(0.1, 10**6), "1 to 128"),
        (lambda: noise.kraus(None), "operators is None"),
        (lambda: noise.pauli({1: 0.1}), "1 is no Pauli string"),
        (lambda: noise.thermal_relaxation(0, 1, 1), "t1 is 0"),
        (lambda: noise.thermal_relaxation(2, 1, -1), "time is -1"),
        (lambda: noise.amplitude_damping(0.1, 1.1), "excited is 1.1"),
        (lambda: noise.reset(2), "p is 2"),
        (lambda: noise.twirl(0.1), "no channel"),
        (lambda: qt.Circuit(1).channel(0.1, 0), "no channel"),
        (lambda: qt.Circuit(2).channel(noise.bit_flip(0.1)), "acts on 1 qubits, 2 were given"),
        (lambda: qt.Circuit(2).channel(noise.bit_flip(0.1), 2), "qubit 2"),
        (lambda: qt.Circuit(2).channel(noise.depolarizing(0.1), [1, 1]), "twice"),
        (lambda: qt.Instruction("channel", 0), "needs channel"),
        (lambda: qt.Instruction("rx", 0, 0.1, channel=noise.bit_flip(0.1)), "takes no channel"),
        (lambda: qt.Instruction("channel", 0, 0.3, channel=noise.bit_flip(0.1)), "takes 0 angles"),
    ],
)
def test_what_no_channel_can_be_is_refused(make, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        make()


def noisy():
    circuit = qt.Circuit(2).ry(qt.param(0), 0).channel(noise.amplitude_damping(0.02), 0)
    circuit.cx(0, 1).channel(noise.depolarizing(0.01), (0, 1)).channel(noise.pauli({"X": 0.1}), 1)
    return circuit.rz(qt.param(1), 1)


def test_channels_travel_with_their_circuit():
    circuit = noisy()
    assert [one.name for one in circuit] == ["ry", "channel", "cx", "channel", "channel", "rz"]
    assert circuit[3].channel == noise.depolarizing(0.01, 2)
    assert circuit[3].channel.name == "depolarizing(0.01)"
    for other in (
        circuit.copy(),
        copy.deepcopy(circuit),
        pickle.loads(pickle.dumps(circuit)),
        qt.Circuit.from_instructions(2, list(circuit)),
        qt.Circuit.from_instructions(2, pickle.loads(pickle.dumps(list(circuit)))),
    ):
        assert other == circuit
    assert len({*circuit}) == 6
    both = circuit + circuit
    assert [one.channel for one in both][6:] == [one.channel for one in circuit]
    assert both.n_params == 4
    assert [one.name for one in circuit.then(circuit)][6:] == [one.name for one in circuit]
    assert circuit != circuit_without(circuit)
    named = noisy()
    named.parameter_names = ["a", "b"]
    assert pickle.loads(pickle.dumps(named)).parameter_names == ("a", "b")
    bound = qt.Circuit(1).rx(qt.config("k"), 0).channel(noise.reset(0.5), 0).bind(config={"k": 0.3})
    assert [one.name for one in bound] == ["rx", "channel"]
    channel = pickle.loads(pickle.dumps(noise.depolarizing(0.01)))
    assert channel.n_qubits is None
    assert qt.Circuit(3).channel(channel, (0, 1, 2))[0].channel == noise.depolarizing(0.01, 3)


def circuit_without(circuit):
    return qt.Circuit.from_instructions(circuit.n_qubits, [one for one in circuit if one.channel is None])


def test_bytes_that_are_damaged_are_errors():
    data = noisy().__getstate__()
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 0x55
        circuit = qt.Circuit.__new__(qt.Circuit)
        try:
            circuit.__setstate__(bytes(damaged))
        except qt.QTangentError:
            continue
        assert isinstance(circuit, qt.Circuit)


def test_circuits_without_channels_keep_their_bytes():
    assert circuit_without(noisy()).__getstate__()[:4] == (0x51544301).to_bytes(4, "little")
    assert noisy().__getstate__()[:4] == (0x51544304).to_bytes(4, "little")


def test_drawings_show_channels():
    circuit = noisy()
    assert "~amplitude_damping(0.02)" in str(circuit)
    assert "depolarizing(0.01)" in circuit.draw("svg")
    assert "channel pauli(X 0.1) on qubit 1" in circuit.draw("svg")


def test_what_needs_a_unitary_names_the_channel():
    circuit = noisy()
    model = qt.Model(circuit, qt.pauli("ZZ"))
    theta, x = [0.1, 0.2], None
    for call in (
        circuit.inverse,
        lambda: circuit.matrix(theta),
        circuit.to_qasm,
        lambda: model.output_states(theta, x),
        lambda: model.fisher_information(theta),
        lambda: model.hessian(theta, x),
        lambda: model.dqntk(theta, x),
        lambda: model.fidelity_kernel(theta, x),
        lambda: qt.train(model, [0.1], optimizer=qt.NaturalGradient(0.1), steps=1),
        lambda: qt.Model(circuit, qt.pauli("ZZ"), method="pure"),
    ):
        with pytest.raises(qt.InvalidArgumentError, match=r"amplitude_damping\(0.02\)"):
            call()
    with pytest.raises(qt.InvalidArgumentError, match=r"pauli\(X 0.1\) on qubits 1 is a channel"):
        qt.capacity.average_kernel(model)


def test_limits_of_channels_are_reached():
    t1 = 1 / 3
    rounded = noise.thermal_relaxation(t1, np.nextafter(2 * t1, 1), 0.1)
    np.testing.assert_allclose(rounded.ptm, noise.thermal_relaxation(t1, 2 * t1, 0.1).ptm, atol=1e-15)
    assert noise.thermal_relaxation(1, 2, 0.1, 0.3).name == "thermal_relaxation(1, 2, 0.1, 0.3)"
    generated = noise.kraus(one for one in noise.reset(0.1).kraus)
    np.testing.assert_array_equal(generated.ptm, noise.reset(0.1).ptm)
    wild = qt.NoiseModel().over_rotation(sigma=1e200).apply(qt.Circuit(1).rx(0.3, 0))
    np.testing.assert_allclose(list(wild)[1].channel.ptm, np.diag([1.0, 1.0, 0.0, 0.0]), atol=1e-15)
    even = qt.NoiseModel().readout(0.1, 0.1).measured(qt.pauli("Z" * 30))
    assert even.terms[0].coefficient == pytest.approx(0.8**30)


def test_noise_models_take_their_rules_by_calls():
    with pytest.raises(TypeError):
        qt.NoiseModel(noise.reset(0.1))


# Noise models.


def test_channels_stand_behind_their_gates():
    circuit = qt.Circuit(2).ry(qt.feature(0), 0).cz(0, 1).rx(qt.param(0), 1)
    model = (
        qt.NoiseModel().add(noise.bit_flip(0.1), gates="cz").add(noise.depolarizing(0.2), gates=("cz", "rx"))
    )
    found = [(one.name, one.qubits, one.channel and one.channel.name) for one in model.apply(circuit)]
    assert found == [
        ("ry", (0,), None),
        ("cz", (0, 1), None),
        ("channel", (0,), "bit_flip(0.1)"),
        ("channel", (1,), "bit_flip(0.1)"),
        ("channel", (0, 1), "depolarizing(0.2)"),
        ("rx", (1,), None),
        ("channel", (1,), "depolarizing(0.2)"),
    ]
    chosen = qt.NoiseModel().add(noise.reset(0.1), gates="cz", qubits=(0, 1))
    chosen = chosen.add(noise.bit_flip(0.1), every="layer", qubits=2)
    pairs = qt.Circuit(3).cz(1, 0).cz(0, 1)
    places = [(one.name, one.qubits) for one in chosen.apply(pairs)]
    assert places == [
        ("cz", (1, 0)), ("channel", (2,)), ("cz", (0, 1)), ("channel", (0,)), ("channel", (1,)), ("channel", (2,)),
    ]  # fmt: skip
    everywhere = qt.NoiseModel().add(noise.depolarizing(0.1)).apply(circuit)
    assert [one.qubits for one in everywhere if one.channel] == [(0,), (0, 1), (1,)]
    layers = qt.NoiseModel().add(noise.reset(0.1), every="layer").apply(circuit)
    assert [one.qubits for one in layers if one.channel] == [(0,), (1,)] * 3
    whole = qt.NoiseModel().add(noise.global_depolarizing(0.9), every="layer").apply(circuit)
    assert [one.qubits for one in whole if one.channel] == [(0, 1)] * 3
    assert qt.NoiseModel().apply(circuit) == circuit
    assert circuit.n_params == everywhere.n_params


def test_noise_models_keep_names_and_channels():
    circuit = qt.Circuit(1).rx(qt.param(0), 0).channel(noise.reset(0.3), 0)
    circuit.parameter_names = ["alpha"]
    applied = qt.NoiseModel().add(noise.bit_flip(0.1)).apply(circuit)
    assert applied.parameter_names == ("alpha",)
    assert [one.channel and one.channel.name for one in applied] == [None, "bit_flip(0.1)", "reset(0.3)"]
    model = pickle.loads(pickle.dumps(qt.NoiseModel().add(noise.depolarizing(0.1)).readout(0.1, 0.2)))
    assert model == qt.NoiseModel().add(noise.depolarizing(0.1)).readout(0.1, 0.2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: qt.NoiseModel().add(0.1), "no channel"),
        (lambda: qt.NoiseModel().add(noise.reset(0.1), gates="cnot"), "'cnot'"),
        (lambda: qt.NoiseModel().add(noise.reset(0.1), every="step"), "'step'"),
        (lambda: qt.NoiseModel().add(noise.reset(0.1), gates="cz", every="layer"), "layer"),
        (lambda: qt.NoiseModel().readout(1.1, 0), "e0 is 1.1"),
        (lambda: qt.NoiseModel().readout(0.1, 0, (1, 0, 1)), "qubit 1 twice"),
        (lambda: noise.readout(qt.pauli("ZZ"), 0.1, 0.1, (1, 1)), "qubit 1 twice"),
        (lambda: qt.NoiseModel().add(noise.bit_flip(0.1), every="layer", qubits=(0, 0)), "qubit 0 twice"),
        (lambda: qt.NoiseModel().over_rotation(sigma=-1), "sigma is -1"),
        (lambda: qt.NoiseModel().add(noise.depolarizing(0.1, 2)).apply(qt.Circuit(2).h(0)), "h on 1"),
        (
            lambda: qt.NoiseModel().add(noise.depolarizing(0.1, 2), every="layer").apply(qt.Circuit(3).h(0)),
            "layer",
        ),
        (lambda: qt.NoiseModel().over_rotation(0.1, gates="crx").apply(qt.Circuit(2).crx(0.1, 0, 1)), "crx"),
        (lambda: noise.readout(qt.pauli("Z"), 0.1, 0.1, 1), "qubit 1"),
        (lambda: noise.readout(qt.hermitian(np.diag([1, -1])), 0.1, 0.1), "dense"),
        (lambda: noise.readout(qt.projector("0" * 11), 0.1, 0.1), "11 qubits"),
        (lambda: noise.readout(qt.pauli("Z" * 30), 0.1, 0.2), "30 letters"),
        (lambda: noise.readout([qt.pauli("Z")], 0.1, 0.2), "no observable"),
        (lambda: qt.NoiseModel().add(noise.reset(0.1), gates=3), "gates is 3"),
        (lambda: qt.NoiseModel().add(noise.reset(0.1), gates=[["rx"]]), r"\['rx'\]"),
        (lambda: qt.NoiseModel().apply(qt.Model(qt.Circuit(1), qt.pauli("Z"))), "no circuit"),
        (lambda: qt.Model(qt.Circuit(1), qt.pauli("Z"), noise=noise.reset(0.1)), "qt.NoiseModel"),
        (lambda: qt.Model(qt.Circuit(1), qt.pauli("Z"), method="shots"), "method is 'shots'"),
    ],
)
def test_what_a_noise_model_cannot_do_is_refused(make, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        make()


def test_readout_errors_are_the_golden_ones():
    inputs, outputs, tolerance = golden("readout_error")
    circuit = circuit_of(inputs["n_qubits"], inputs["circuit"])
    model = qt.NoiseModel()
    for qubit, rows in enumerate(inputs["confusion"]):
        model = model.readout(rows[0][1], rows[1][0], qubits=qubit)
    for letters in inputs["strings"]:
        noisy_model = qt.Model(circuit, qt.pauli(letters), noise=model)
        assert noisy_model.predict(inputs["theta"])[0] == pytest.approx(
            outputs["predictions"][letters], abs=tolerance
        )
        np.testing.assert_allclose(
            noisy_model.jacobian(inputs["theta"])[0], outputs["jacobian"][letters], atol=tolerance
        )
    measured = [
        qt.Model(circuit, qt.projector(f"{k:02b}"), noise=model).predict(inputs["theta"])[0] for k in range(4)
    ]
    np.testing.assert_allclose(measured, outputs["measured_probabilities"], atol=tolerance)


def test_over_rotations_are_the_golden_ones():
    inputs, outputs, tolerance = golden("over_rotation")
    circuit = circuit_of(inputs["n_qubits"], inputs["circuit"])
    observable = observable_of(inputs["observable"])
    for name, model in (
        ("coherent", qt.NoiseModel().over_rotation(factor=inputs["eps"], offset=inputs["delta"])),
        ("random", qt.NoiseModel().over_rotation(sigma=inputs["sigma"])),
    ):
        noisy_model = qt.Model(circuit, observable, noise=model)
        for found, wanted in (
            (noisy_model.predict(inputs["theta"]), outputs[name]["predictions"]),
            (noisy_model.jacobian(inputs["theta"]), outputs[name]["jacobian"]),
        ):
            np.testing.assert_allclose(found, wanted, atol=tolerance)


def test_random_over_rotation_of_an_evolution_is_the_mean_over_its_angle():
    sigma, points = 0.4, np.polynomial.hermite_e.hermegauss(60)
    circuit = qt.Circuit(2).h(0).evolve(0.7 * qt.param(0), 1.3 * qt.pauli("XY"), (1, 0)).ry(0.3, 0)
    rules = qt.NoiseModel().over_rotation(sigma=sigma, gates="evolve")
    observable = qt.pauli("XX") + qt.pauli("XI")
    model, exact = qt.Model(circuit, observable, noise=rules), qt.Model(circuit, observable)
    values = [exact.predict([0.2 + sigma * z / 0.7])[0] for z in points[0]]
    mean = np.dot(points[1], values) / points[1].sum()
    assert model.predict([0.2])[0] == pytest.approx(mean, abs=1e-13)
