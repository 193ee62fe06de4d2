"""Circuits as programs in OpenQASM 2 and 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..angles import Angle, AngleLike
from ..instructions import Instruction
from .expansion import ONE_QUBIT, gates
from .identifiers import identifiers, unused
from .operations import Operation

# The table's names in the standard includes, where they differ. qelib1.inc is that of the paper (arXiv:1707.03429): what
# others added to it would be defined twice, or not at all.
_SPELLED = {2: {"phase": "u1", "cp": "cu1"}, 3: {"phase": "p"}}
_DEFINITIONS = {
    "swap": "swap a, b { cx a, b; cx b, a; cx a, b; }",
    "sx": "sx a { h a; s a; h a; }",
    "crx": "crx(t) a, b { h b; crz(t) a, b; h b; }",
    "cry": "cry(t) a, b { ry(t/2) b; cx a, b; ry(-t/2) b; cx a, b; }",
    "sxdg": "sxdg a { h a; sdg a; h a; }",
    "iswap": "iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
    "iswapdg": "iswapdg a, b { h b; cx b, a; cx a, b; h a; sdg b; sdg a; }",
    "rxx": "rxx(t) a, b { h a; h b; cx a, b; rz(t) b; cx a, b; h b; h a; }",
    "ryy": "ryy(t) a, b { sdg a; sdg b; h a; h b; cx a, b; rz(t) b; cx a, b; h b; h a; s b; s a; }",
    "rzz": "rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }",
}
_INCLUDED_3 = ("swap", "sx", "crx", "cry")


def write(
    n_qubits: int,
    instructions: Iterable[Instruction],
    parameter_names: Sequence[str],
    feature_names: Sequence[str],
    config_keys: Sequence[str],
    version: int,
    theta: Real | None,
    include: bool,
) -> str:
    """The program of a circuit, for `Circuit.to_qasm`, which says more.

    Args:
        n_qubits: of the circuit.
        instructions: in time order.
        parameter_names, feature_names: one for each parameter and feature.
        config_keys: of all angles.
        version: 2 or 3.
        theta: (p,), numbers in the place of parameters, or None.
        include: whether the program includes the standard gates.

    Raises:
        InvalidArgumentError: for what OpenQASM, or this version of it, cannot say.
    """
    names = identifiers([*parameter_names, *feature_names, *config_keys])
    first, last = len(parameter_names), len(parameter_names) + len(feature_names)
    parameters, features = names[:first], names[first:last]
    keys = dict(zip(config_keys, names[last:], strict=True))
    steps = [_bound(one, theta) for instruction in instructions for one in gates(instruction)]
    factors = [factor for one in steps for angle in one.angles for factor in Angle.of(angle).terms]
    used = {parameters[p] for params, _ in factors for p in params}
    used |= {features[f] for _, indices in factors for f in indices}
    used |= {keys[key] for one in steps for angle in one.angles for key in Angle.of(angle).configuration}
    if version == 2 and used:
        raise InvalidArgumentError(
            f"OpenQASM 2 has no inputs, and the circuit has {', '.join(sorted(used)[:5])}; give theta, bind configuration "
            "keys, or write version 3"
        )
    inputs = [name for name in names if name in used]
    qubits = _qubits(n_qubits, inputs, include)
    lines = [f"OPENQASM {version}.0;"]
    if include:
        lines.append('include "stdgates.inc";' if version == 3 else 'include "qelib1.inc";')
    needed = {one.gate for one in steps}
    lines += [
        f"gate {definition}"
        for name, definition in _DEFINITIONS.items()
        if name in needed and not (version == 3 and name in _INCLUDED_3)
    ]
    lines += [f"input float[64] {name};" for name in inputs]
    lines += _declarations(n_qubits, qubits, version, include)
    for one in steps:
        angles = ", ".join(_angle(Angle.of(angle), parameters, features, keys) for angle in one.angles)
        name = _SPELLED[version].get(one.gate, one.gate)
        if one.gate == ONE_QUBIT and not include:
            name = "u3"
        where = ", ".join(qubits[qubit] for qubit in one.qubits)
        lines.append(f"{name}({angles}) {where};" if angles else f"{name} {where};")
    return "\n".join(lines) + "\n"


def _bound(one: Operation, theta: Real | None) -> Operation:
    return one if theta is None else one._replace(angles=tuple(_number(angle, theta) for angle in one.angles))


def _number(angle: AngleLike, theta: Real) -> Angle:
    """An angle with numbers in the place of parameters."""
    angle = Angle.of(angle)
    result = Angle(angle.constant, configuration=angle.configuration)
    for (params, features), factor in angle.terms.items():
        for p in params:
            factor *= float(theta[p])
        result = result + (Angle(0.0, {((), features): factor}) if features else factor)
    return result


def _qubits(n_qubits: int, inputs: Sequence[str], include: bool) -> list[str]:
    """Qubits of one register; without an include each has a name of its own, for PennyLane reads definitions so."""
    if include:
        register = unused("q", inputs)
        return [f"{register}[{k}]" for k in range(n_qubits)]
    return [unused(f"q{k}", inputs) for k in range(n_qubits)]


def _declarations(n_qubits: int, qubits: Sequence[str], version: int, include: bool) -> list[str]:
    if not include:
        return [f"qubit {name};" for name in qubits]
    register = qubits[0].partition("[")[0]
    return [f"qubit[{n_qubits}] {register};" if version == 3 else f"qreg {register}[{n_qubits}];"]


def _angle(angle: Angle, parameters: Sequence[str], features: Sequence[str], keys: Mapping[str, str]) -> str:
    """A sum of products; numbers have all their digits."""
    text = ""
    products = [
        ([*(parameters[p] for p in params), *(features[f] for f in indices)], factor)
        for (params, indices), factor in angle.terms.items()
    ]
    products += [([keys[key]], factor) for key, factor in angle.configuration.items()]
    for names, factor in products:
        size = [] if abs(factor) == 1 else [repr(abs(factor))]
        text = _joined(text, factor < 0, "*".join([*size, *names]))
    if angle.constant or not text:
        text = _joined(text, angle.constant < 0, repr(abs(angle.constant)))
    return text


def _joined(text: str, is_negative: bool, term: str) -> str:
    if not text:
        return f"-{term}" if is_negative else term
    return f"{text} {'-' if is_negative else '+'} {term}"
