"""Random programs in OpenQASM, each with its dense matrix, which this file computes apart from the library.

Angles and gates are pairs of a text and a function of the values of names, so that the matrix of a program follows the
text's meaning: loops, definitions, modifiers, registers, constants, aliases and subroutines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce

import numpy as np
from reference import FIXED, GENERATORS, Matrix, controlled, embed, exponential

Names = Mapping[str, float]
# What programs on three qubits begin with.
HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[3] q;\n'
PLAIN, RICH, OLD = "plain", "rich", "version 2"


@dataclass(frozen=True)
class Angle:
    text: str
    value: Callable[[Names], float]


@dataclass(frozen=True)
class Gate:
    name: str
    n_angles: int
    n_qubits: int
    matrix: Callable[..., Matrix]


def u3(a: float, b: float, c: float) -> Matrix:
    cos, sin = np.cos(a / 2), np.sin(a / 2)
    return np.array([[cos, -np.exp(1j * c) * sin], [np.exp(1j * b) * sin, np.exp(1j * (b + c)) * cos]])


def built_in_u(a: float, b: float, c: float) -> Matrix:
    """The matrix of the specification, as it stands there."""
    plus, minus = 1 + np.exp(1j * a), 1 - np.exp(1j * a)
    return 0.5 * np.array(
        [[plus, -1j * np.exp(1j * c) * minus], [1j * np.exp(1j * b) * minus, np.exp(1j * (b + c)) * plus]]
    )


def special(a: float, b: float, c: float) -> Matrix:
    return np.exp(-0.5j * (b + c)) * u3(a, b, c)


def fixed(name: str, of: str | None = None) -> Gate:
    matrix = FIXED[of or name]
    return Gate(name, 0, len(matrix).bit_length() - 1, lambda: matrix)


def rotation(name: str, of: str | None = None) -> Gate:
    generator = GENERATORS[of or name]
    return Gate(name, 1, len(generator).bit_length() - 1, lambda angle: exponential(generator, angle))


BOTH = [
    *map(fixed, ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "cx", "cy", "cz", "ccx")),
    *map(rotation, ("rx", "ry", "rz", "crz")),
    rotation("u1", "phase"),
    Gate("id", 0, 1, lambda: np.eye(2)),
    Gate("ch", 0, 2, lambda: controlled(FIXED["h"])),
    Gate("u2", 2, 1, lambda b, c: special(np.pi / 2, b, c)),
    Gate("u3", 3, 1, special),
]
GATES = {
    3: [
        *BOTH,
        *map(fixed, ("sx", "swap")),
        *map(rotation, ("phase", "crx", "cry", "cp")),
        rotation("p", "phase"),
        rotation("cphase", "cp"),
        fixed("CX", "cx"),
        Gate("cswap", 0, 3, lambda: controlled(FIXED["swap"])),
        Gate("cu", 4, 2, lambda a, b, c, d: controlled(np.exp(1j * d) * u3(a, b, c))),
        Gate("U", 3, 1, built_in_u),
    ],
    2: [
        *BOTH,
        fixed("CX", "cx"),
        rotation("cu1", "cp"),
        Gate("cu3", 3, 2, lambda *angles: controlled(u3(*angles))),
        Gate("U", 3, 1, u3),
    ],
}
# Gates that programs define. A reader may recognise them, and must not lose the phase of their texts under a control.
DEFINED = {
    "rzz": (rotation("rzz"), "gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }"),
    "rxx": (
        Gate("rxx", 1, 2, lambda t: np.exp(0.5j * t) * exponential(GENERATORS["rxx"], t)),
        "gate rxx(t) a, b { h a; h b; cx a, b; u1(t) b; cx a, b; h b; h a; }",
    ),
    "ryy": (
        rotation("ryy"),
        "gate ryy(t) a, b { rx(pi/2) a; rx(pi/2) b; cx a, b; rz(t) b; cx a, b; rx(-pi/2) a; rx(-pi/2) b; }",
    ),
    "iswap": (fixed("iswap"), "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }"),
    "sxdg": (
        Gate("sxdg", 0, 1, lambda: np.exp(0.25j * np.pi) * FIXED["sxdg"]),
        "gate sxdg a { s a; h a; s a; }",
    ),
}


# Qiskit reads these with another phase than the specification gives them, which shows under a control.
PHASED = ("u2", "u3", "U")


def product(matrices: Sequence[Matrix], dimension: int) -> Matrix:
    """Of matrices in time order."""
    result = np.eye(dimension, dtype=complex)
    for matrix in matrices:
        result = matrix @ result
    return result


@dataclass
class Program:
    """A random program; `text` and, for the values of its inputs, `matrix`."""

    rng: np.random.Generator
    style: str
    n: int = 0
    lines: list[str] = field(default_factory=list)
    steps: list[Matrix] = field(default_factory=list)
    registers: dict[str, list[int]] = field(default_factory=dict)
    single: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, float] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    measured: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.version = 2 if self.style == OLD else 3
        self.gates = list(GATES[self.version])
        include = "qelib1.inc" if self.version == 2 else "stdgates.inc"
        self.lines += [f"OPENQASM {self.version}.0;", f'include "{include}";']
        self._declare()
        self._define()
        for _ in range(self.rng.integers(4, 10)):
            self._statement()
        self._finish()

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    @property
    def matrix(self) -> Matrix:
        return product(self.steps, 2**self.n)

    def one_of(self, options: Sequence) -> object:
        return options[self.rng.integers(len(options))]

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    # Declarations.

    def _declare(self) -> None:
        if self.version == 3:
            names = [f"w_{k}" for k in (10, 2, 0)] + ["alpha", "x_0", "_x_1_", "β"]
            for name in self.rng.permutation(names)[: self.rng.integers(1, 6)].tolist():
                self.inputs[name] = float(self.rng.normal())
                kind = self.one_of(["float[64]", "float", "angle"] if self.style == RICH else ["float[64]"])
                self.lines.append(f"input {kind} {name};")
        if self.style == RICH:
            self.constants["size"] = int(self.rng.integers(2, 4))
            self.constants["tilt"] = float(self.rng.normal())
            self.constants["half"] = 0.5 * self.constants["tilt"] + np.pi
            self.lines += [
                f"const int size = {self.constants['size']};",
                f"const float[64] tilt = {self.constants['tilt']!r};",
                "const float half = tilt/2.0 + pi;",
            ]
        sizes = self.one_of([(2,), (3,), (1, 2), (2, 1), (2, 2), (4,), (0, 2), (0, 0), (0, 2, 1)])
        for k, size in enumerate(sizes):
            name = f"q{'abc'[k]}"
            if size == 0 and self.version == 3:
                self.single[name] = self.n
                self.lines.append(f"qubit {name};")
            else:
                size = max(size, 1)
                if self.style == RICH and k == 0 and "size" in self.constants:
                    size = int(self.constants["size"])
                    self.lines.append(f"qubit[size] {name};")
                else:
                    old = self.version == 2 or self.chance(0.1)
                    self.lines.append(f"qreg {name}[{size}];" if old else f"qubit[{size}] {name};")
                self.registers[name] = list(range(self.n, self.n + size))
            self.n += max(size, 1)

    def _define(self) -> None:
        for name in self.rng.permutation(list(DEFINED))[: self.rng.integers(0, 3)].tolist():
            gate, text = DEFINED[name]
            self.gates.append(gate)
            self.lines.append(text)
        for k in range(self.rng.integers(0, 3)):
            self.gates.append(self._definition(f"g{k}"))

    def _definition(self, name: str) -> Gate:
        """A gate of random steps; its angles are affine in its arguments."""
        n_angles, n_qubits = int(self.rng.integers(0, 3)), int(self.rng.integers(1, 3))
        formals, wires = [f"p{k}" for k in range(n_angles)], ["a", "b"][:n_qubits]
        texts, steps = [], []
        for _ in range(self.rng.integers(1, 5)):
            if self.style == RICH and self.chance(0.2):
                angle = self.angle(formals, products=False)
                texts.append(f"gphase({angle.text});")
                steps.append(lambda names, angle=angle: np.exp(1j * angle.value(names)) * np.eye(2**n_qubits))
                continue
            text, matrix, where = self.call(formals, n_qubits, products=False)
            texts.append(f"{text} {', '.join(wires[q] for q in where)};")
            steps.append(lambda names, matrix=matrix, where=where: embed(matrix(names), where, n_qubits))
        arguments = f"({', '.join(formals)})" if formals else ""
        self.lines.append(f"gate {name}{arguments} {', '.join(wires)} {{ {' '.join(texts)} }}")

        def whole(*angles: float) -> Matrix:
            names = {**self.constants, **dict(zip(formals, angles, strict=True))}
            return product([step(names) for step in steps], 2**n_qubits)

        return Gate(name, n_angles, n_qubits, whole)

    # Angles.

    def number(self) -> Angle:
        value = float(np.round(self.rng.normal(), 3))
        k = int(self.rng.integers(1, 8))
        options = [
            Angle(repr(value), lambda _: value),
            Angle(f"pi/{k}", lambda _: np.pi / k),
            Angle(f"-{k}*pi/4", lambda _: -k * np.pi / 4),
        ]
        if self.style != PLAIN:
            options += [
                Angle(f"sin({value!r})*2", lambda _: 2 * np.sin(value)),
                Angle(f"-sqrt({k}) + cos(pi/{k})", lambda _: -np.sqrt(k) + np.cos(np.pi / k)),
            ]
        if self.style == RICH:
            options += [
                Angle("tilt", lambda names: names["tilt"]),
                Angle("half - tilt*2", lambda names: names["half"] - 2 * names["tilt"]),
                Angle(f"{k}/2*1.0", lambda _: float(k // 2)),
                Angle(f"2**{k} % 3 + τ", lambda _: 2**k % 3 + 2 * np.pi),
            ]
        if self.style == OLD:
            options.append(Angle(f"3*2^{k}/7 - 2^2^0", lambda _: 3 * 2**k / 7 - 2))
        return self.one_of(options)

    def angle(self, names: Sequence[str], products: bool = True) -> Angle:
        """Affine in names; with products of a parameter and a feature, or of two features."""
        if not names or self.chance(0.3):
            return self.number()
        a, b = self.one_of(names), self.one_of(names)
        factor = float(np.round(self.rng.normal(), 2))
        more = self.number()
        options = [
            Angle(a, lambda values: values[a]),
            Angle(f"-{a}", lambda values: -values[a]),
            Angle(f"{factor!r}*{a} + {more.text}", lambda values: factor * values[a] + more.value(values)),
            Angle(f"({a} - {b}*2)/3", lambda values: (values[a] - 2 * values[b]) / 3),
            Angle(f"{b}*({more.text}) - ({a})", lambda values: values[b] * more.value(values) - values[a]),
        ]
        features = [name for name in names if "x" in name]
        if products and features:
            x, y = features[0], features[-1]
            if a not in features:
                options.append(Angle(f"{a}*{x}", lambda values: values[a] * values[x]))
                options.append(Angle(f"(1 + {a})*{x}*2", lambda values: (1 + values[a]) * values[x] * 2))
            options.append(Angle(f"(pi - {x})*(pi - {y})", lambda v: (np.pi - v[x]) * (np.pi - v[y])))
        return self.one_of(options)

    # Calls.

    def call(
        self, names: Sequence[str], most: int, products: bool = True
    ) -> tuple[str, Callable[[Names], Matrix], tuple[int, ...]]:
        """A gate with modifiers on at most so many qubits: the text, the matrix, the qubits."""
        inside = self.style == PLAIN and not products
        gate = self.one_of(
            [g for g in self.gates if g.n_qubits <= most and not (inside and g.name in PHASED)]
        )
        angles = [self.angle(names, products) for _ in range(gate.n_angles)]
        text = gate.name + (f"({', '.join(angle.text for angle in angles)})" if angles else "")
        n_qubits = gate.n_qubits

        # What the modifiers make of the gate's matrix, the innermost first.
        makes: list[Callable[[Matrix], Matrix]] = []
        modifiers = 0 if self.version == 2 else int(self.rng.choice([0, 0, 0, 1, 1, 2]))
        if self.style == PLAIN and gate.name in PHASED:
            modifiers = 0
        for _ in range(modifiers):
            kind = self.one_of(["inv", "ctrl", "negctrl", "pow"] if self.style == RICH else ["inv", "ctrl"])
            count = int(self.rng.integers(1, 3))
            if kind == "inv":
                text = f"inv @ {text}"
                makes.append(lambda matrix: matrix.conj().T)
            elif kind == "pow":
                exponent = int(self.rng.integers(-2, 4))
                text = f"pow({exponent}) @ {text}"
                makes.append(partial(np.linalg.matrix_power, n=exponent))
            elif n_qubits + count <= most:
                shown = f"({count})" if count > 1 or self.chance(0.3) else ""
                text = f"{kind}{shown} @ {text}"
                n_qubits += count
                makes.append(partial(under, count=count, bit=int(kind == "ctrl")))

        def matrix(values: Names) -> Matrix:
            return reduce(
                lambda inner, make: make(inner),
                makes,
                gate.matrix(*(angle.value(values) for angle in angles)),
            )

        return text, matrix, tuple(self.rng.permutation(most)[:n_qubits].tolist())

    # Statements.

    def _statement(self) -> None:
        kinds = [self._plain, self._plain, self._broadcast]
        if self.style == RICH:
            kinds += [self._loop, self._alias, self._subroutine, self._phase, self._variable]
        self.one_of(kinds)()

    def _apply(self, matrix: Matrix, qubits: Sequence[int]) -> None:
        self.steps.append(embed(matrix, qubits, self.n))

    def _qubit(self, qubit: int) -> str:
        for name, one in self.single.items():
            if one == qubit:
                return name
        name = next(name for name, qubits in self.registers.items() if qubit in qubits)
        place = self.registers[name].index(qubit)
        if self.style == RICH and self.chance(0.2):
            place -= len(self.registers[name])
        return f"{name}[{place}]"

    @property
    def values(self) -> Names:
        return {**self.inputs, **self.constants}

    def _plain(self) -> None:
        text, matrix, where = self.call(list(self.inputs), self.n)
        self.lines.append(f"{text} {', '.join(map(self._qubit, where))};")
        self._apply(matrix(self.values), where)

    def _broadcast(self) -> None:
        """A gate on whole registers, slices of them, and single qubits."""
        if not self.registers:
            return self._plain()
        name = self.one_of(list(self.registers))
        qubits, operand = self.registers[name], str(name)
        if self.style == RICH and self.chance(0.5):
            step = int(self.one_of([1, 2, -1]))
            last = len(qubits) - 1
            operand, qubits = (
                (f"{name}[{last}:-1:0]", qubits[::-1])
                if step < 0
                else (f"{name}[0:{step}:{last}]", qubits[::step])
            )
        others = [q for q in range(self.n) if q not in self.registers[name]]
        text, matrix, where = self.call(list(self.inputs), 2 if others else 1)
        if len(where) == 1:
            self.lines.append(f"{text} {operand};")
            for qubit in qubits:
                self._apply(matrix(self.values), (qubit,))
            return None
        fixed_qubit = int(self.one_of(others))
        order = [operand, self._qubit(fixed_qubit)]
        if flipped := self.chance(0.5):
            order.reverse()
        self.lines.append(f"{text} {', '.join(order)};")
        for qubit in qubits:
            pair = (qubit, fixed_qubit)
            self._apply(matrix(self.values), pair[::-1] if flipped else pair)
        return None

    def _loop(self) -> None:
        long = [name for name, qubits in self.registers.items() if len(qubits) > 1]
        if not long:
            return self._plain()
        name = str(self.one_of(long))
        qubits = self.registers[name]
        angle = self.angle(list(self.inputs), products=False)
        gate = self.one_of([g for g in self.gates if g.n_qubits == 1 and g.n_angles == 1])
        ends = self.one_of(
            [f"[0:{len(qubits) - 2}]", f"[0:1:{len(qubits) - 2}]", "{0}", f"[{len(qubits)}/2 - 1:0]"]
        )
        turns = {"{0}": [0]}.get(ends, list(range(len(qubits) - 1)))
        if "/" in ends:
            turns = [0] if len(qubits) < 4 else []
        self.lines += [
            f"for int i in {ends} {{",
            f"  {gate.name}({angle.text} + i*0.3) {name}[i];",
            f"  for uint j in [i:i + 1] pow(2) @ t {name}[j];",
            f"  cx {name}[i], {name}[i + 1];",
            "}",
        ]
        for i in turns:
            self._apply(gate.matrix(angle.value(self.values) + 0.3 * i), (qubits[i],))
            for j in (i, i + 1):
                self._apply(FIXED["s"], (qubits[j],))
            self._apply(FIXED["cx"], (qubits[i], qubits[i + 1]))
        return None

    def _alias(self) -> None:
        name = f"alias{len(self.lines)}"
        parts = [(str(key), qubits) for key, qubits in self.registers.items()]
        if not parts:
            return self._plain()
        text, qubits = parts[0]
        if len(qubits) > 1 and self.chance(0.5):
            text, qubits = f"{text}[{{1, 0}}]", [qubits[1], qubits[0]]
        if len(parts) > 1:
            text, qubits = f"{parts[1][0]} ++ {text}", parts[1][1] + qubits
        self.lines.append(f"let {name} = {text};")
        call, matrix, where = self.call(list(self.inputs), len(qubits))
        self.lines.append(f"{call} {', '.join(f'{name}[{k}]' for k in where)};")
        self._apply(matrix(self.values), [qubits[k] for k in where])
        return None

    def _subroutine(self) -> None:
        name = f"routine{len(self.lines)}"
        inner, matrix, where = self.call(["t"], 2, products=False)
        angle = self.angle(list(self.inputs), products=False)
        qubits = self.rng.permutation(self.n)[:2].tolist()
        if len(qubits) < 2:
            return self._plain()
        self.lines += [
            f"def {name}(qubit a, qubit b, float t) {{ {inner} {', '.join('ab'[q] for q in where)}; }}",
            f"{name}({self._qubit(qubits[0])}, {self._qubit(qubits[1])}, {angle.text});",
        ]
        values = {**self.constants, "t": angle.value(self.values)}
        self._apply(matrix(values), [qubits[q] for q in where])
        return None

    def _phase(self) -> None:
        angle = self.angle(list(self.inputs))
        self.lines.append(f"gphase({self.number().text});")
        qubit = int(self.rng.integers(self.n))
        self.lines.append(f"ctrl @ gphase({angle.text}) {self._qubit(qubit)};")
        self._apply(np.diag([1, np.exp(1j * angle.value(self.values))]), (qubit,))

    def _variable(self) -> None:
        name = f"v{len(self.lines)}"
        angle = self.angle(list(self.inputs))
        self.lines += [f"float[64] {name} = {angle.text};", f"{name} *= 2;", f"{name} = {name} - tilt;"]
        qubit = int(self.rng.integers(self.n))
        self.lines.append(f"ry({name}) {self._qubit(qubit)};")
        value = 2 * angle.value(self.values) - self.constants["tilt"]
        self._apply(exponential(GENERATORS["ry"], value), (qubit,))

    def _finish(self) -> None:
        if self.style == PLAIN:
            return
        if self.chance(0.5) and self.registers:
            self.lines.append(f"barrier {', '.join(self.registers)};")
        for name, qubits in self.registers.items():
            if self.chance(0.5):
                bits = f"c_{name}"
                if self.version == 2:
                    self.lines += [f"creg {bits}[{len(qubits)}];", f"measure {name} -> {bits};"]
                else:
                    self.lines.append(f"bit[{len(qubits)}] {bits} = measure {name};")
                self.measured += qubits


def under(matrix: Matrix, count: int, bit: int) -> Matrix:
    """A matrix under controls, which come first."""
    result = np.eye(len(matrix) << count, dtype=complex)
    place = slice(-len(matrix), None) if bit else slice(len(matrix))
    result[place, place] = matrix
    return result


def random_program(seed: int) -> Program:
    """More than half are such as Qiskit reads."""
    rng = np.random.default_rng(seed)
    return Program(rng, [PLAIN, RICH, PLAIN, RICH, PLAIN, OLD, PLAIN][seed % 7])


def error_up_to_phase(a, b):
    overlap = np.vdot(a, b)
    return np.abs(a * (overlap / abs(overlap)) - b).max()
