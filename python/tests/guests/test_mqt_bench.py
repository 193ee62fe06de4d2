"""The circuits of the public benchmark MQT Bench on 3 to 10 qubits, through OpenQASM and directly, against their source."""

from __future__ import annotations

import re

import numpy as np
import pytest
import qtangent as qt
from qiskit import qasm2, qasm3
from qiskit.quantum_info import random_statevector

bench = pytest.importorskip("mqt.bench", reason="MQT Bench needs Python 3.11")
from mqt.bench.benchmarks import get_available_benchmark_names  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
SIZES = range(3, 11)

# docs/bridges.md says why; the test holds that it is so.
NOT_THAT_SMALL = {"seven_qubit_steane_code", "shor", "shors_nine_qubit_code"}
NOT_UNITARY = {"dynamic_qft", "ghz_dynamic", "iqpe"}
NOT_WRITTEN_BY_QISKIT = {"ae"}
NAMES = get_available_benchmark_names()


def circuits(name, **options):
    """The family's circuits at all sizes that it has."""
    for size in SIZES:
        try:
            yield bench.get_benchmark(name, bench.BenchmarkLevel.ALG, size, **options)
        except ValueError as error:
            if not re.search("qubits|instance", str(error)):
                raise


def expect_same(qc, circuit):
    """The circuit takes a random state where Qiskit takes it, which no other unitary does but for its phase."""
    state = random_statevector(2**qc.num_qubits, seed=1)
    expected = state.evolve(qc.remove_final_measurements(inplace=False)).reverse_qargs().data
    model = qt.Model(circuit, qt.pauli("I" * circuit.n_qubits))
    (found,) = model.output_states([], states=[state.reverse_qargs().data])
    overlap = np.vdot(expected, found)
    assert abs(overlap) == pytest.approx(1, abs=1e-10)
    np.testing.assert_allclose(found, overlap * expected, atol=1e-10)


def test_the_list_of_those_left_out_is_of_this_version():
    assert len(NAMES) >= 36
    assert set(NAMES) >= NOT_THAT_SMALL | NOT_UNITARY | NOT_WRITTEN_BY_QISKIT


@pytest.mark.parametrize("name", sorted(set(NAMES) - NOT_THAT_SMALL - NOT_UNITARY))
def test_unitary_families_agree_with_their_source(name):
    count = 0
    for qc in circuits(name):
        expect_same(qc, qt.qiskit.from_circuit(qc))
        if name not in NOT_WRITTEN_BY_QISKIT:
            for package in (qasm3, qasm2):
                expect_same(qc, qt.Circuit.from_qasm(package.dumps(qc)))
        count += 1
    assert count > 0


@pytest.mark.parametrize("name", sorted(NOT_UNITARY))
def test_families_with_control_flow_are_refused(name):
    for qc in circuits(name):
        with pytest.raises(qt.InvalidArgumentError, match=r"line \d+, column \d+: if is not read"):
            qt.Circuit.from_qasm(qasm3.dumps(qc))
        with pytest.raises(qt.InvalidArgumentError, match="is not unitary"):
            qt.qiskit.from_circuit(qc)


@pytest.mark.parametrize("name", sorted(NOT_THAT_SMALL))
def test_families_that_begin_above_ten_qubits(name):
    assert list(circuits(name)) == []


@pytest.mark.parametrize("name", sorted(NOT_WRITTEN_BY_QISKIT))
def test_families_that_qiskit_cannot_write(name):
    for qc in circuits(name):
        with pytest.raises(TypeError):
            qasm3.dumps(qc)


def test_a_network_with_free_features_and_parameters():
    for qc in circuits("qnn", random_parameters=False):
        direct = qt.qiskit.from_circuit(qc, features="x")
        read = qt.Circuit.from_qasm(qasm3.dumps(qc), features=("x",))
        assert read == direct
        assert (read.n_features, read.n_params) == (qc.num_qubits, 2 * qc.num_qubits)
