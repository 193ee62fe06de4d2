"""About which axes the gates that read data turn: there a qubit may stand so that they do nothing but give it a phase."""

from __future__ import annotations

from ..._native.errors import InvalidArgumentError
from ...instructions import Instruction

# The gates of the table with an angle, one letter a qubit; a control counts as Z.
_LETTERS = {
    "rx": "X", "ry": "Y", "rz": "Z", "phase": "Z", "crx": "ZX", "cry": "ZY", "crz": "ZZ", "cp": "ZZ",
    "rxx": "XX", "ryy": "YY", "rzz": "ZZ",
}  # fmt: skip


def reads_data(instruction: Instruction) -> bool:
    """Whether an angle depends on features."""
    return any(features for angle in instruction.angles for _, features in angle.terms)


def axes(instruction: Instruction) -> str:
    """One letter a qubit, I where any state will do: a product of eigenstates of these Paulis is an eigenstate of the
    instruction at every angle.

    Raises:
        InvalidArgumentError: where the generator has no such eigenstates that can be told from its Pauli strings.
    """
    if instruction.pauli is not None:
        return instruction.pauli
    if instruction.name in _LETTERS:
        return _LETTERS[instruction.name]
    generator = instruction.generator
    if generator is None or generator.dense is not None:
        raise InvalidArgumentError(
            f"{place(instruction)} reads data and turns about no fixed product of Pauli axes; write it as rotations"
        )
    found = ["I"] * len(instruction.qubits)
    for term in generator.terms:
        for k, letter in enumerate(term.pauli or "Z" * len(found)):
            if letter not in ("I", found[k]):
                if found[k] != "I":
                    raise InvalidArgumentError(
                        f"{place(instruction)} reads data and turns qubit {instruction.qubits[k]} about {found[k]} and "
                        f"{letter} at once; no product state is an eigenstate of that"
                    )
                found[k] = letter
    return "".join(found)


def place(instruction: Instruction) -> str:
    """How messages call an instruction."""
    plural = "s" if len(instruction.qubits) > 1 else ""
    return f"{instruction.name} on qubit{plural} {', '.join(map(str, instruction.qubits))}"
