"""Channels, precision and Aer's noise models through Qiskit, against Aer's own density matrices and against statistics."""

from dataclasses import replace

import numpy as np
import pytest
import qtangent as qt
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import ParameterVector
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import DensityMatrix, Kraus, Operator, SparsePauliOp, SuperOp

aer = pytest.importorskip("qiskit_aer")

from qiskit_aer import noise as errors  # noqa: E402
from qiskit_aer.library import SaveExpectationValue  # noqa: E402

TIGHT = {"rtol": 0, "atol": 1e-12}
OPERATORS = [SparsePauliOp(letters) for letters in ("ZIX", "XYZ", "IIZ", "YYI")]
VALUES = np.random.default_rng(0).normal(size=6)
MIXED = SparsePauliOp(["ZII", "IXI", "IIY"], [2.0, -1.0, 0.5])


def circuit():
    p, qc = ParameterVector("p", 6), QuantumCircuit(3)
    for k in range(3):
        qc.ry(p[k], k)
    qc.cx(0, 1)
    qc.cz(0, 1)
    qc.cz(1, 2)
    qc.cz(2, 1)
    for k in range(3):
        qc.rx(p[3 + k], k)
    return qc


def of_aer(qc, noise=None):
    """Expectation values by Aer's simulator of density matrices."""
    bound = qc.assign_parameters(VALUES)
    for k, operator in enumerate(OPERATORS):
        bound.append(SaveExpectationValue(operator, str(k)), range(3))
    simulator = aer.AerSimulator(method="density_matrix", noise_model=noise)
    data = simulator.run(bound, optimization_level=0).result().data(0)
    return np.array([data[str(k)] for k in range(len(OPERATORS))])


def of_model(qc, noise=None):
    observables = [qt.qiskit.observable(one) for one in OPERATORS]
    return qt.Model(qt.qiskit.from_circuit(qc), observables, noise=noise).predict(VALUES)[0]


ERRORS = {
    "depolarizing": (errors.depolarizing_error(0.2, 1), qt.noise.depolarizing(0.15)),
    "depolarizing two": (errors.depolarizing_error(0.2, 2), qt.noise.depolarizing(0.2 * 15 / 16, 2)),
    "depolarizing none": (errors.depolarizing_error(0, 2), qt.noise.depolarizing(0, 2)),
    "pauli": (errors.pauli_error([("XZ", 0.1), ("IY", 0.2), ("II", 0.7)]), qt.noise.pauli({"ZX": 0.1, "YI": 0.2})),
    "relaxation": (errors.thermal_relaxation_error(1, 1.5, 0.3, 0.2), qt.noise.thermal_relaxation(1, 1.5, 0.3, 0.2)),
    "short t2": (errors.thermal_relaxation_error(1, 0.8, 0.3, 0.2), qt.noise.thermal_relaxation(1, 0.8, 0.3, 0.2)),
    "amplitude": (errors.amplitude_damping_error(0.1, 0.2), qt.noise.amplitude_damping(0.1, excited=0.2)),
    "all of it": (errors.amplitude_damping_error(1), qt.noise.amplitude_damping(1)),
    "phase": (errors.phase_damping_error(0.3), qt.noise.phase_damping(0.3)),
    "reset": (errors.reset_error(0.3), qt.noise.reset(0.3)),
    "kraus": (
        errors.kraus_error([np.diag([1, 0.6]), np.diag([0, 0.8])]),
        qt.noise.kraus([np.diag([1, 0.6]), np.diag([0, 0.8])]),
    ),
    "coherent": (errors.coherent_unitary_error(np.diag([1, 1j])), qt.noise.kraus([np.diag([1, 1j])])),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_the_channel_of_the_same_meaning(name):
    error, expected = ERRORS[name]
    qc = QuantumCircuit(2)
    where = list(range(error.num_qubits))
    qc.append(error, where)
    qc.append(SuperOp(error), where)
    instructions = list(qt.qiskit.from_circuit(qc))
    for one in instructions:
        matrix = qt.noise.kraus([one.matrix]).ptm if one.channel is None else one.channel.ptm
        np.testing.assert_allclose(matrix, expected.ptm, **TIGHT)
    if name.startswith(("depolarizing", "pauli")):
        assert instructions[0].channel.name == expected.name
    # And theirs, written from ours.
    written = qt.qiskit.to_circuit(qt.Circuit(2).channel(expected, where)).data[0].operation
    np.testing.assert_allclose(SuperOp(written).data, SuperOp(error).data, **TIGHT)


def test_channels_within_a_circuit():
    qc = circuit()
    qc.append(errors.reset_error(0.1, 0.2), [1])
    qc.append(Kraus(errors.amplitude_damping_error(0.3)), [2])
    qc.append(errors.depolarizing_error(0.2, 2), [2, 0])
    two = errors.amplitude_damping_error(0.2).tensor(errors.pauli_error([("X", 0.1), ("I", 0.9)]))
    qc.append(Kraus(two), [2, 1])
    qc.h(2)
    np.testing.assert_allclose(of_model(qc), of_aer(qc), **TIGHT)
    (result,) = qt.qiskit.Estimator().run([(qc, OPERATORS, VALUES)]).result()
    np.testing.assert_allclose(result.data.evs, of_aer(qc), **TIGHT)


def aer_model():
    model = errors.NoiseModel()
    relaxing = errors.depolarizing_error(0.02, 1).compose(errors.thermal_relaxation_error(50, 70, 3, 0.1))
    model.add_all_qubit_quantum_error(relaxing, ["rx", "ry"])
    model.add_all_qubit_quantum_error(errors.depolarizing_error(0.05, 2), "cx")
    # cz(2, 1) has none.
    model.add_quantum_error(errors.pauli_error([("XZ", 0.1), ("II", 0.9)]), "cz", [0, 1])
    damping = errors.amplitude_damping_error(0.1, 0.2).tensor(errors.phase_damping_error(0.2))
    model.add_quantum_error(damping, "cz", [1, 2])
    model.add_readout_error(errors.ReadoutError([[0.98, 0.02], [0.05, 0.95]]), [0])
    model.add_readout_error(errors.ReadoutError([[0.9, 0.1], [0.15, 0.85]]), [2])
    return model


def test_a_noise_model_is_taken_over():
    noise = qt.qiskit.noise_model(aer_model())
    gates = replace(noise, _readouts=())
    np.testing.assert_allclose(of_model(circuit(), gates), of_aer(circuit(), aer_model()), **TIGHT)


def test_rows_of_a_readout_error_are_true_outcomes():
    """What Aer counts: its exact probabilities, each multiplied by the row of the outcome."""
    bound = circuit().assign_parameters(VALUES)
    bound.save_density_matrix()
    simulator = aer.AerSimulator(method="density_matrix", noise_model=aer_model())
    rho = simulator.run(bound, optimization_level=0).result().data(0)["density_matrix"]
    # The last axis is Qiskit's qubit 0.
    true = np.real(np.diag(rho.data)).reshape(2, 2, 2)
    rows = {qubits: one.probabilities for qubits, one in aer_model()._local_readout_errors.items()}
    read = np.einsum("cba,ax,cz->zbx", true, rows[0,], rows[2,])
    expected = [(read[:, :, 0] - read[:, :, 1]).sum(), (read[0] - read[1]).sum()]
    letters = [qt.pauli("ZII"), qt.pauli("IIZ")]
    noise = qt.qiskit.noise_model(aer_model())
    model = qt.Model(qt.qiskit.from_circuit(circuit()), letters, noise=noise)
    np.testing.assert_allclose(model.predict(VALUES)[0], expected, **TIGHT)


def test_a_model_of_hardware():
    """Every gate has its own error on its own qubits; idle instructions are left out by name."""
    fake = pytest.importorskip("qiskit.providers.fake_provider").GenericBackendV2(3, seed=1)
    model = errors.NoiseModel.from_backend(fake)
    with pytest.raises(qt.InvalidArgumentError, match="an error of 'id', which is no gate"):
        qt.qiskit.noise_model(model, leave_out="delay")
    noise = qt.qiskit.noise_model(model, leave_out=("id", "delay", "reset"))
    qc = transpile(circuit().assign_parameters(VALUES), fake, initial_layout=[0, 1, 2], optimization_level=0)
    observables = [qt.qiskit.observable(one) for one in OPERATORS]
    ours = qt.Model(qt.qiskit.from_circuit(qc), observables, noise=replace(noise, _readouts=())).predict(())[
        0
    ]
    # By Qiskit's own matrices: Aer drops parts of errors below 1e-8.
    rho = DensityMatrix.from_label("000")
    for one in qc.data:
        where = tuple(qc.find_bit(bit).index for bit in one.qubits)
        rho = rho.evolve(Operator(one.operation), where)
        error = model._local_quantum_errors.get(one.operation.name, {}).get(where)
        rho = rho if error is None else rho.evolve(SuperOp(error), where)
    np.testing.assert_allclose(ours, [rho.expectation_value(one).real for one in OPERATORS], **TIGHT)


def bad_models():
    def of(*adds):
        model = errors.NoiseModel()
        for add in adds:
            add(model)
        return model

    one, two = errors.depolarizing_error(0.1, 1), errors.depolarizing_error(0.1, 2)
    reading = errors.ReadoutError([[0.9, 0.1], [0.2, 0.8]])
    both = errors.ReadoutError(np.kron(reading.probabilities, reading.probabilities))
    return {
        "an error of 'ecr', which is no gate": of(lambda m: m.add_all_qubit_quantum_error(two, "ecr")),
        r"rx has one error on all qubits and another on \[1\]": of(
            lambda m: m.add_all_qubit_quantum_error(one, "rx"), lambda m: m.add_quantum_error(one, "rx", [1])
        ),
        "errors of p and of u1, which are one gate here, phase": of(
            lambda m: m.add_all_qubit_quantum_error(one, ["p", "u1"])
        ),
        "measure has one error on all qubits": of(
            lambda m: m.add_all_qubit_readout_error(reading), lambda m: m.add_readout_error(reading, [0])
        ),
        r"readout error of qubits \[0, 1\] is one of several": of(
            lambda m: m.add_readout_error(both, [0, 1])
        ),
        "the pass RelaxationNoisePass": of(
            lambda m: m._custom_noise_passes.append(errors.RelaxationNoisePass([1.0], [1.0], dt=1.0))
        ),
        "3 is no NoiseModel of Qiskit Aer": 3,
    }


@pytest.mark.parametrize("text", bad_models())
def test_what_a_noise_model_cannot_be_is_named(text):
    with pytest.raises(qt.InvalidArgumentError, match=text):
        qt.qiskit.noise_model(bad_models()[text])


# Precision.


def test_a_precision_is_the_largest_standard_error():
    """Mean, spread and the errors that are told, over 1,000 values."""
    estimator = qt.qiskit.Estimator(seed=1)
    rows = np.tile(VALUES, (1000, 1))[:, None]
    pub = (circuit(), [*OPERATORS, MIXED], rows)
    (result,) = estimator.run([pub], precision=0.05).result()
    evs, stds = result.data.evs, result.data.stds
    (exact,) = StatevectorEstimator().run([(circuit(), [*OPERATORS, MIXED], VALUES)]).result()
    assert evs.shape == stds.shape == (1000, 5)
    assert stds.max() <= 0.05
    # Shots are as many as the sum needs, whose outcomes reach from -3.5 to 3.5.
    np.testing.assert_allclose(stds[0, :4], np.sqrt((1 - exact.data.evs[:4] ** 2) / 4900), **TIGHT)
    assert np.all(np.abs(evs.mean(axis=0) - exact.data.evs) < 5 * stds[0] / np.sqrt(1000))
    np.testing.assert_allclose(evs.std(axis=0), stds[0], rtol=5 / np.sqrt(2000))


def test_each_pub_has_its_precision_and_each_value_its_shots():
    qc = QuantumCircuit(1)
    qc.h(0)
    pubs = [(qc, ["Z"] * 8, [], 0.1), (qc, "Z", [], 0.01), (qc, "X"), (qc, "Z", [], 0)]
    estimator = qt.qiskit.Estimator(default_precision=0.2, seed=3)
    many, fine, sure, exact = estimator.run(pubs).result()
    assert len(set(many.data.evs.tolist())) > 1
    np.testing.assert_allclose(many.data.stds, 0.1, **TIGHT)
    assert fine.data.stds == pytest.approx(0.01)
    assert (sure.data.evs, sure.data.stds) == pytest.approx((1, 0))
    assert (exact.data.evs, exact.data.stds) == (pytest.approx(0, abs=1e-15), 0)
    assert [one.metadata["target_precision"] for one in (many, sure, exact)] == [0.1, 0.2, 0]
    again = qt.qiskit.Estimator(default_precision=0.2, seed=3)
    assert again.run(pubs).result()[0].data.evs.tolist() == many.data.evs.tolist()
    assert again.run(pubs).result()[0].data.evs.tolist() != many.data.evs.tolist()


@pytest.mark.parametrize("precision", [-0.1, np.nan, np.inf, "high"])
def test_precisions_that_are_none(precision):
    with pytest.raises(ValueError, match=r"precision is .*; a standard error of at least 0"):
        qt.qiskit.Estimator(default_precision=precision)
    with pytest.raises(ValueError, match=r"precision is .*; a standard error of at least 0"):
        qt.qiskit.Estimator().run([(QuantumCircuit(1), "Z")], precision=precision)
