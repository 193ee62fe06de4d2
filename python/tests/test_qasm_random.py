"""Programs with loops, modifiers, definitions, registers and subroutines against dense matrices of their generator."""

import pytest
import qtangent as qt
from qasm_programs import OLD, RICH, error_up_to_phase, random_program


@pytest.mark.parametrize("first", range(0, 500, 50))
def test_programs_are_read_as_they_are_meant(first):
    for seed in range(first, first + 50):
        program = random_program(seed)
        circuit = qt.Circuit.from_qasm(program.text)
        assert circuit.n_qubits == program.n
        assert circuit.measured_qubits == tuple(program.measured)
        names = [*circuit.parameter_names, *circuit.feature_names, *circuit.unused_inputs]
        assert sorted(names) == sorted(program.inputs)
        assert all("x" in name for name in circuit.feature_names)
        theta = [program.inputs[name] for name in circuit.parameter_names]
        x = [program.inputs[name] for name in circuit.feature_names]
        error = error_up_to_phase(circuit.matrix(theta, x), program.matrix)
        assert error < 1e-10, f"seed {seed}\n{program.text}"


def test_the_programs_have_what_is_tested():
    programs = [random_program(seed) for seed in range(500)]
    texts = "\n".join(program.text for program in programs if program.style == RICH)
    for part in (
        "ctrl @", "ctrl(2) @", "negctrl @", "inv @", "pow(-2) @", "for int", "def routine", "let alias", "gphase(",
        "const int", "[0:2:", ":-1:0]", "gate g0", "gate rzz", "++", "[-1]", "U(",
    ):  # fmt: skip
        assert texts.count(part) >= 5, part
    assert sum("^" in program.text for program in programs if program.style == OLD) > 10


def test_a_wrong_matrix_is_found():
    program = random_program(3)
    circuit = qt.Circuit.from_qasm(program.text)
    theta = [program.inputs[name] for name in circuit.parameter_names]
    x = [program.inputs[name] for name in circuit.feature_names]
    matrix = circuit.matrix(theta, x)
    matrix[0] *= -1
    assert error_up_to_phase(matrix, program.matrix) > 0.01
