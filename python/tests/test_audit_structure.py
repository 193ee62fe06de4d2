"""What is tampered with and what is only written otherwise."""

import numpy as np
import pytest
import qtangent as qt
from audit_cases import planted
from qtangent import audit

BODY = qt.ansatz.hardware_efficient(3, 2)
GOLDEN = qt.encoding.angle(3, "rx") + BODY


def circuit_of(instructions):
    return qt.Circuit.from_instructions(3, instructions)


def reordered():
    """Gates on different qubits in another order, sorted by qubit as far as they commute."""
    left, result = list(GOLDEN), []
    while left:
        free = [k for k, one in enumerate(left) if not any(set(one.qubits) & set(o.qubits) for o in left[:k])]
        result.append(left.pop(max(free, key=lambda k: left[k].qubits)))
    return circuit_of(result)


def renamed():
    program = GOLDEN.to_qasm().replace("q[", "wires[").replace("qubit[3] q;", "qubit[3] wires;")
    return qt.Circuit.from_qasm(program)


def split_rotation():
    """A rotation in two halves."""
    instructions = list(GOLDEN)
    place = next(k for k, one in enumerate(instructions) if one.name == "rz")
    one = instructions[place]
    half = qt.Instruction("rz", one.qubits, 0.5 * one.angles[0])
    return circuit_of([*instructions[:place], half, half, *instructions[place + 1 :]])


def moved_past_diagonal():
    """RZ and CZ exchanged, which commute."""
    instructions = list(GOLDEN)
    place = next(k for k, one in enumerate(instructions) if one.name == "cz")
    rotations = [k for k in range(place) if instructions[k].name == "rz"]
    before = max(k for k in rotations if instructions[k].qubits[0] in instructions[place].qubits)
    one = instructions.pop(before)
    return circuit_of([*instructions[:place], one, *instructions[place:]])


def other_gate():
    """RZ for a phase gate: a global phase apart."""
    return circuit_of([qt.Instruction("phase", i.qubits, i.angles) if i.name == "rz" else i for i in GOLDEN])


def early_weight():
    """A weight's rotation before the last of the data, on another qubit: both segments change, the circuit does not."""
    instructions = list(GOLDEN)
    place = next(k for k, one in enumerate(instructions) if one.name == "ry" and one.qubits == (0,))
    one = instructions.pop(place)
    return circuit_of([*instructions[:2], one, *instructions[2:]])


@pytest.mark.parametrize(
    "rewritten", [reordered, split_rotation, moved_past_diagonal, other_gate, early_weight]
)
def test_rewritten_circuits_are_intact(rewritten):
    suspect = rewritten()
    assert suspect != GOLDEN
    report = audit.inspect(suspect, GOLDEN)
    assert report.verdict == "intact"
    assert report.tests["structure"].verdict == (
        "intact" if rewritten in (reordered, early_weight) else "rewritten"
    )
    assert report.tests["unitary"].statistic < 1e-12
    assert report.inserted == ()
    assert "An attack through data is not excluded" in report.explanation


def test_renamed_registers_are_nothing():
    pytest.importorskip("openqasm3")
    suspect = renamed()
    assert audit.inspect(suspect, GOLDEN).tests["structure"].verdict == "intact"


@pytest.mark.parametrize("segment", ["encoder", "ansatz"])
def test_a_fixed_angle_off_by_a_hundredth_is_tampered(segment):
    golden = qt.Circuit(3).ry(0.7, 1).then(qt.encoding.angle(3, "rx")) + BODY.copy().rx(0.3, 2)
    place = 0 if segment == "encoder" else len(golden) - 1
    instructions = list(golden)
    one = instructions[place]
    instructions[place] = qt.Instruction(one.name, one.qubits, one.angles[0] + 0.01)
    report = audit.inspect(circuit_of(instructions), golden)
    assert report.verdict == "tampered"
    assert report.inserted == (place,)
    unitary = report.tests["unitary"]
    assert unitary.statistic == pytest.approx(np.sin(0.005), abs=1e-12)
    other = "ansatz" if segment == "encoder" else "encoder"
    assert unitary.details[segment] == pytest.approx(np.sin(0.005), abs=1e-12)
    assert unitary.details[other] < 1e-12


def test_a_rewritten_circuit_with_a_trojan_is_tampered_and_its_gates_alone_are_suspect():
    trojan = planted(("rx",), range(3), 3, other_gate_body())
    report = audit.inspect(trojan.circuit, GOLDEN)
    assert report.verdict == "tampered"
    assert report.inserted == trojan.inserted
    assert report.tests["unitary"].verdict == "intact"
    active = audit.inspect(trojan.circuit.bind(config=trojan.trigger), GOLDEN)
    assert active.inserted == trojan.inserted
    assert active.tests["unitary"].details["ansatz"] < 1e-12


def other_gate_body():
    return circuit_of([qt.Instruction("phase", i.qubits, i.angles) if i.name == "rz" else i for i in BODY])


def test_gates_that_are_gone_are_tampering_too():
    shorter = circuit_of([one for one in GOLDEN if one.name != "cz" or one.qubits != (0, 1)])
    report = audit.inspect(shorter, GOLDEN)
    assert report.verdict == "tampered"
    assert report.tests["structure"].details["deleted"]


def test_a_feature_under_a_configuration_is_tampered():
    """The key may sit in the angle of the data itself."""
    suspect = circuit_of(
        [
            qt.Instruction(i.name, i.qubits, i.angles[0] + qt.config("k")) if k == 1 else i
            for k, i in enumerate(GOLDEN)
        ]
    )
    report = audit.inspect(suspect, GOLDEN, config={"k": 0.3})
    assert report.verdict == "tampered"
    assert report.inserted == (1,)
    assert report.tests["unitary"].verdict == "tampered"
