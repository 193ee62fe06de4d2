"""Channels and noise models of Qiskit and of Qiskit Aer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .._native.errors import InvalidArgumentError
from ..channels import Channel
from ..noise import NoiseModel, depolarizing, kraus, pauli
from .observables import little_endian
from .package import gates, load

# Probabilities that differ by less, relatively, are one.
_ROUNDING = 1e-12
_REMEDY = "leave it out by leave_out, or write the noise with qt.NoiseModel"


def noise_model(aer_model: Any, leave_out: str | Iterable[str] = ()) -> NoiseModel:
    """The noise model of Qiskit Aer, for circuits of `from_circuit`.

    Errors keep their meaning: of depolarizing_error(l, k), which keeps 1 - l, becomes depolarizing(l (1 - 4^-k), k);
    mixtures of Pauli strings become `qt.noise.pauli`, others their Kraus operators. Rows of a ReadoutError are true
    outcomes. Aer has no noise behind a gate that its model does not name, and neither has this.

    Args:
        aer_model: a `qiskit_aer.noise.NoiseModel`.
        leave_out: instructions whose errors are dropped, such as ("id", "delay", "reset") of a model of hardware.

    Raises:
        InvalidArgumentError: naming what it is, for errors of instructions that no circuit here has; where a gate or a
            measurement has an error everywhere and another one somewhere; for readout errors of several qubits at once,
            for passes that add noise, and for what is no noise model.
        ImportError: if Qiskit is missing or older than 2.2.
    """
    load()
    everywhere = getattr(aer_model, "_default_quantum_errors", None)
    somewhere = getattr(aer_model, "_local_quantum_errors", None)
    if not isinstance(everywhere, dict) or not isinstance(somewhere, dict):
        raise InvalidArgumentError(f"{aer_model!r} is no NoiseModel of Qiskit Aer")
    dropped = {leave_out} if isinstance(leave_out, str) else set(leave_out)
    for one in aer_model._custom_noise_passes:
        if not _is_of(one, dropped):
            raise InvalidArgumentError(
                f"the noise model has the pass {type(one).__name__}, which adds noise by the times of a schedule; circuits "
                "here have none: leave_out='delay' leaves out one for delays, write the noise of others with qt.NoiseModel"
            )
    errors: dict[str, dict[tuple[int, ...] | None, Any]] = {
        name: {None: error} for name, error in everywhere.items() if name not in dropped
    }
    for name, local in somewhere.items():
        if name not in dropped:
            errors.setdefault(name, {}).update(local)
    result, sources = NoiseModel(), dict[str, str]()
    for name, by_qubits in errors.items():
        gate = _gate(name)
        if gate in sources:
            raise InvalidArgumentError(
                f"the noise model has errors of {sources[gate]} and of {name}, which are one gate here, {gate}; {_REMEDY}"
            )
        sources[gate] = name
        _expect_one_place(name, by_qubits)
        for qubits, error in by_qubits.items():
            result = result.add(from_error(error), gates=gate, qubits=qubits)
    return _with_readout(result, aer_model)


def _is_of(noise_pass: Any, names: set[str]) -> bool:
    """Whether a pass adds noise to instructions of these names alone."""
    kinds: tuple[type, ...] = getattr(noise_pass, "_ops", ())
    return bool(kinds) and all(kind.__name__.lower() in names for kind in kinds)


def _gate(name: str) -> str:
    """The name here of an instruction with an error."""
    names = {theirs: ours for (theirs, _), ours in gates().items()} | {"unitary": "unitary"}
    if name not in names:
        raise InvalidArgumentError(
            f"the noise model has an error of {name!r}, which is no gate of docs/gates.md: circuits are read without it or "
            f"take it apart; {_REMEDY}"
        )
    return names[name]


def _expect_one_place(name: str, by_qubits: Mapping[tuple[int, ...] | None, Any]) -> None:
    if None in by_qubits and len(by_qubits) > 1:
        other = next(qubits for qubits in by_qubits if qubits is not None)
        raise InvalidArgumentError(
            f"{name} has one error on all qubits and another on {list(other)}; give each qubit its own"
        )


def _with_readout(model: NoiseModel, aer_model: Any) -> NoiseModel:
    default = aer_model._default_readout_error
    errors: dict[tuple[int, ...] | None, Any] = {} if default is None else {None: default}
    errors.update(aer_model._local_readout_errors)
    _expect_one_place("measure", errors)
    for qubits, error in errors.items():
        chances = np.asarray(error.probabilities)
        if chances.shape != (2, 2):
            raise InvalidArgumentError(
                f"the readout error of qubits {list(qubits or ())} is one of several qubits at once; give each its own"
            )
        model = model.readout(float(chances[0, 1]), float(chances[1, 0]), qubits)
    return model


def read_channel(operation: Any) -> Channel | None:
    """The channel that an instruction is: Kraus operators, or an error of Aer; None for others."""
    error = getattr(operation, "_quantum_error", None)
    if error is not None:
        return from_error(error)
    if operation.name == "kraus" and not hasattr(operation, "to_matrix"):
        return kraus([little_endian(one) for one in operation.params])
    return None


def from_error(error: Any) -> Channel:
    """The channel of a `QuantumError` of Aer."""
    n = error.num_qubits
    chances: dict[str, float] = {}
    for circuit, probability in zip(error.circuits, error.probabilities, strict=True):
        letters = _letters(circuit)
        if letters is None:
            return kraus([little_endian(one) for one in _operators(error)])
        chances[letters] = chances.get(letters, 0.0) + float(probability)
    # What is left to 1 is the identity.
    chances.pop("I" * n, None)
    values = list(chances.values())
    if not values or (len(values) == 4**n - 1 and max(values) - min(values) <= _ROUNDING * max(values)):
        return depolarizing(sum(values), n)
    return pauli(chances)


def _operators(error: Any) -> list[Any]:
    """Kraus operators, from the eigenvectors of the Choi matrix; Qiskit's own drop those with weights below 1e-8."""
    from qiskit.quantum_info import Choi, SuperOp

    d = 2**error.num_qubits
    weights, vectors = np.linalg.eigh(Choi(SuperOp(error)).data)
    return [
        np.sqrt(weight) * vector.reshape(d, d, order="F")
        for weight, vector in zip(weights, vectors.T, strict=True)
        if weight > _ROUNDING**2
    ]


def _letters(circuit: Any) -> str | None:
    """The Pauli string that a circuit of an error is, letter k for its qubit k; None for another."""
    letters = ["I"] * circuit.num_qubits
    for item in circuit.data:
        name = item.operation.name
        where = [circuit.find_bit(bit).index for bit in item.qubits]
        if name == "pauli":
            own = item.operation.params[0][::-1]
        elif name in ("id", "x", "y", "z"):
            own = "I" if name == "id" else name.upper()
        else:
            return None
        for qubit, letter in zip(where, own, strict=True):
            if letter != "I" and letters[qubit] != "I":
                return None
            letters[qubit] = letter if letter != "I" else letters[qubit]
    return "".join(letters)
