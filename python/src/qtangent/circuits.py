"""Quantum circuits with trainable parameters and data features.

Qubit 0 is the most significant bit of a basis index. `rx`, `ry`, `rz` and `rotation` are exp(-i angle P/2),
`evolve` is exp(-i angle H). Angles are radians.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from . import _native
from ._native import arrays as _arrays
from ._native.arrays import Complex
from ._native.errors import InvalidArgumentError
from .angles import AngleLike
from .instructions import Instruction, append_evolution, append_gate, append_rotation, append_unitary
from .observables import Observable
from .observables import generator as as_observable


class Circuit:
    """A circuit on `n_qubits` qubits (1 to 62), empty at first. Methods append and return the circuit itself.

    Circuits compare by their instructions, and can be copied and pickled. Every method raises
    `qt.InvalidArgumentError` (a ValueError) for qubits that do not exist or repeat, and for angles that are
    not finite.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, n_qubits: int) -> None:
        self._own(_native.create("qtg_circuit_create", _arrays.integer("n_qubits", n_qubits)))

    def _own(self, handle: int) -> None:
        self._handle = _native.own(self, "qtg_circuit_free", handle)

    @classmethod
    def _adopt(cls, handle: int) -> Circuit:
        circuit = cls.__new__(cls)
        circuit._own(handle)
        return circuit

    # Gates without an angle.

    def h(self, qubit: int) -> Circuit:
        """Hadamard."""
        return self._gate("h", (), qubit)

    def x(self, qubit: int) -> Circuit:
        """Pauli X."""
        return self._gate("x", (), qubit)

    def y(self, qubit: int) -> Circuit:
        """Pauli Y."""
        return self._gate("y", (), qubit)

    def z(self, qubit: int) -> Circuit:
        """Pauli Z."""
        return self._gate("z", (), qubit)

    def s(self, qubit: int) -> Circuit:
        """diag(1, i)."""
        return self._gate("s", (), qubit)

    def sdg(self, qubit: int) -> Circuit:
        """diag(1, -i)."""
        return self._gate("sdg", (), qubit)

    def t(self, qubit: int) -> Circuit:
        """diag(1, e^(i pi/4))."""
        return self._gate("t", (), qubit)

    def tdg(self, qubit: int) -> Circuit:
        """diag(1, e^(-i pi/4))."""
        return self._gate("tdg", (), qubit)

    def sx(self, qubit: int) -> Circuit:
        """The square root of X with eigenvalues 1 and i."""
        return self._gate("sx", (), qubit)

    def cx(self, control: int, target: int) -> Circuit:
        """Controlled X."""
        return self._gate("cx", (), control, target)

    def cy(self, control: int, target: int) -> Circuit:
        """Controlled Y."""
        return self._gate("cy", (), control, target)

    def cz(self, control: int, target: int) -> Circuit:
        """Controlled Z."""
        return self._gate("cz", (), control, target)

    def swap(self, a: int, b: int) -> Circuit:
        """Exchanges two qubits."""
        return self._gate("swap", (), a, b)

    def iswap(self, a: int, b: int) -> Circuit:
        """Exchanges two qubits with a factor i: exp(i pi (XX + YY)/4)."""
        return self._gate("iswap", (), a, b)

    def ccx(self, control: int, control2: int, target: int) -> Circuit:
        """X with two controls."""
        return self._gate("ccx", (), control, control2, target)

    # Gates with an angle.

    def rx(self, angle: AngleLike, qubit: int) -> Circuit:
        """exp(-i angle X/2)."""
        return self._gate("rx", (angle,), qubit)

    def ry(self, angle: AngleLike, qubit: int) -> Circuit:
        """exp(-i angle Y/2)."""
        return self._gate("ry", (angle,), qubit)

    def rz(self, angle: AngleLike, qubit: int) -> Circuit:
        """exp(-i angle Z/2)."""
        return self._gate("rz", (angle,), qubit)

    def phase(self, angle: AngleLike, qubit: int) -> Circuit:
        """diag(1, e^(i angle))."""
        return self._gate("phase", (angle,), qubit)

    def crx(self, angle: AngleLike, control: int, target: int) -> Circuit:
        """Controlled rx."""
        return self._gate("crx", (angle,), control, target)

    def cry(self, angle: AngleLike, control: int, target: int) -> Circuit:
        """Controlled ry."""
        return self._gate("cry", (angle,), control, target)

    def crz(self, angle: AngleLike, control: int, target: int) -> Circuit:
        """Controlled rz."""
        return self._gate("crz", (angle,), control, target)

    def cp(self, angle: AngleLike, control: int, target: int) -> Circuit:
        """Controlled phase: diag(1, 1, 1, e^(i angle))."""
        return self._gate("cp", (angle,), control, target)

    def rxx(self, angle: AngleLike, a: int, b: int) -> Circuit:
        """exp(-i angle XX/2)."""
        return self._gate("rxx", (angle,), a, b)

    def ryy(self, angle: AngleLike, a: int, b: int) -> Circuit:
        """exp(-i angle YY/2)."""
        return self._gate("ryy", (angle,), a, b)

    def rzz(self, angle: AngleLike, a: int, b: int) -> Circuit:
        """exp(-i angle ZZ/2)."""
        return self._gate("rzz", (angle,), a, b)

    def u3(self, a: AngleLike, b: AngleLike, c: AngleLike, qubit: int) -> Circuit:
        """[[cos a/2, -e^(ic) sin a/2], [e^(ib) sin a/2, e^(i(b+c)) cos a/2]]."""
        return self._gate("u3", (a, b, c), qubit)

    # General gates.

    def rotation(self, angle: AngleLike, pauli: str, qubits: int | Sequence[int] | None = None) -> Circuit:
        """exp(-i angle P/2); letter k of `pauli` (I, X, Y, Z) acts on qubits[k], on all qubits in order by default."""
        append_rotation(self._handle, angle, pauli, self._qubits(qubits))
        return self

    def evolve(
        self, angle: AngleLike, generator: Observable | ArrayLike, qubits: int | Sequence[int] | None = None
    ) -> Circuit:
        """exp(-i angle H).

        Args:
            angle: a number, `qt.param(i)`, `qt.feature(i)` or a sum of them; times H in radians.
            generator: H, an observable or a dense Hermitian matrix (2^k, 2^k).
            qubits: where H acts, its qubit k on qubits[k]; all qubits in order by default.

        Raises:
            InvalidArgumentError: for qubits that do not exist or repeat, and for a matrix that is not Hermitian or does not
                fit them.
        """
        append_evolution(self._handle, angle, as_observable(generator), self._qubits(qubits))
        return self

    def unitary(self, matrix: ArrayLike, qubits: int | Sequence[int] | None = None) -> Circuit:
        """A fixed unitary.

        Args:
            matrix: unitary (2^k, 2^k), qubits[0] on the most significant index.
            qubits: the k qubits it acts on; all by default.

        Raises:
            InvalidArgumentError: for qubits that do not exist or repeat, and for a matrix that is not unitary or does not
                fit them.
        """
        append_unitary(self._handle, _arrays.square_matrix("matrix", matrix), self._qubits(qubits))
        return self

    def _gate(self, name: str, angles: Sequence[AngleLike], *qubits: int) -> Circuit:
        append_gate(self._handle, name, angles, _arrays.indices(f"a qubit of {name}", qubits))
        return self

    def _qubits(self, qubits: int | Sequence[int] | None) -> Any:
        return _arrays.indices("qubits", range(self.n_qubits) if qubits is None else qubits)

    # Reading.

    @classmethod
    def from_instructions(cls, n_qubits: int, instructions: Iterable[Instruction]) -> Circuit:
        """A circuit of these instructions, in time order.

        `Circuit.from_instructions(c.n_qubits, list(c)) == c` for every circuit c, byte for byte.

        Args:
            n_qubits: 1 to 62.
            instructions: as iterating over a circuit gives them.

        Raises:
            InvalidArgumentError: for what is no `qt.Instruction`, and for qubits that the circuit does not have.
        """
        circuit = cls(n_qubits)
        for k, instruction in enumerate(instructions):
            if not isinstance(instruction, Instruction):
                raise InvalidArgumentError(
                    f"instructions[{k}] is {instruction!r}; a qt.Instruction is expected"
                )
            instruction._append_to(circuit._handle)
        return circuit

    @overload
    def __getitem__(self, index: int) -> Instruction: ...
    @overload
    def __getitem__(self, index: slice) -> Circuit: ...
    def __getitem__(self, index: int | slice) -> Instruction | Circuit:
        """Instruction `index`, negative ones counted from the end; a slice is the circuit of its instructions."""
        size = len(self)
        if isinstance(index, slice):
            chosen = range(*index.indices(size))
            return Circuit.from_instructions(
                self.n_qubits, (Instruction._read(self._handle, k) for k in chosen)
            )
        position = _arrays.integer("the index of an instruction", index)
        if not -size <= position < size:
            raise IndexError(f"instruction {position} of a circuit that has {size}")
        return Instruction._read(self._handle, position % size)

    def __iter__(self) -> Iterator[Instruction]:
        """The instructions in time order, as they are when the iteration begins."""
        snapshot = self.copy()
        return (snapshot[k] for k in range(len(snapshot)))

    # Whole circuits.

    def __add__(self, other: Circuit) -> Circuit:
        """`other` after this circuit; its parameter indices move past this circuit's, features keep theirs."""
        return (
            self._followed_by(other, share_parameters=False) if isinstance(other, Circuit) else NotImplemented
        )

    def __radd__(self, other: object) -> Circuit:
        """So that sum() of circuits works, which starts from 0."""
        return self.copy() if isinstance(other, int) and other == 0 else NotImplemented

    def then(self, other: Circuit) -> Circuit:
        """`other` after this circuit, with the same parameter indices.

        Args:
            other: a circuit on as many qubits.

        Raises:
            InvalidArgumentError: for what is no circuit, and for another number of qubits.
        """
        if not isinstance(other, Circuit):
            raise InvalidArgumentError(f"{other!r} is not a circuit")
        return self._followed_by(other, share_parameters=True)

    def _followed_by(self, other: Circuit, share_parameters: bool) -> Circuit:
        result = self.copy()
        _native.call("qtg_circuit_append_circuit", result._handle, other._handle, int(share_parameters))
        return result

    def inverse(self) -> Circuit:
        """The circuit that undoes this one, with the same parameters and features."""
        return Circuit._adopt(_native.create("qtg_circuit_inverse", self._handle))

    def copy(self) -> Circuit:
        """An independent copy."""
        return Circuit._adopt(_native.create("qtg_circuit_copy", self._handle))

    def _sizes(self) -> tuple[int, int, int, int]:
        sizes = [ctypes.c_int64() for _ in range(4)]
        _native.call("qtg_circuit_info", self._handle, *map(ctypes.byref, sizes))
        n_qubits, n_params, n_features, n_instructions = (size.value for size in sizes)
        return n_qubits, n_params, n_features, n_instructions

    @property
    def n_qubits(self) -> int:
        """Number of qubits n."""
        return self._sizes()[0]

    @property
    def n_params(self) -> int:
        """One more than the largest parameter index, those with a factor of 0 included."""
        return self._sizes()[1]

    @property
    def n_features(self) -> int:
        """One more than the largest feature index, those with a factor of 0 included."""
        return self._sizes()[2]

    def __len__(self) -> int:
        """The number of instructions."""
        return self._sizes()[3]

    def matrix(self, theta: ArrayLike = (), x: ArrayLike | None = None) -> Complex:
        """The unitary of the circuit, up to 12 qubits.

        Args:
            theta: parameters (p,), radians where gates take angles.
            x: features (f,) of one sample.

        Returns:
            Complex (2^n, 2^n), qubit 0 on the most significant index.

        Raises:
            InvalidArgumentError: for shapes that do not fit, and for more than 12 qubits.
        """
        n, p, f, _ = self._sizes()
        parameters = _arrays.real("theta", theta)
        _arrays.expect_shape("theta", parameters, (p,), "(p,)")
        features = _arrays.real("x", () if x is None else x)
        _arrays.expect_shape("x", features, (f,), "(f,)")
        if n > 12:
            raise InvalidArgumentError(
                f"the matrix of a circuit on {n} qubits is too large; 12 qubits are the limit"
            )
        result = np.empty((2**n, 2**n), dtype=np.complex128)
        _native.call(
            "qtg_circuit_matrix",
            self._handle,
            _arrays.pointer(parameters),
            p,
            _arrays.pointer(features),
            f,
            _arrays.pointer(result),
        )
        return result

    def __str__(self) -> str:
        return _native.read_bytes("qtg_circuit_draw", self._handle).decode()

    def __repr__(self) -> str:
        n, p, f, k = self._sizes()
        return f"<qtangent.Circuit: {n} qubits, {k} instructions, {p} parameters, {f} features>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Circuit) and self._bytes() == other._bytes()

    def _bytes(self) -> bytes:
        return _native.read_bytes("qtg_circuit_serialize", self._handle)

    def __getstate__(self) -> bytes:
        return self._bytes()

    def __setstate__(self, state: bytes) -> None:
        self._own(_native.create("qtg_circuit_deserialize", state, len(state)))

    def __copy__(self) -> Circuit:
        return self.copy()

    def __deepcopy__(self, memo: object) -> Circuit:
        return self.copy()
