"""Quantum circuits with trainable parameters and data features.

Qubit 0 is the most significant bit of a basis index. `rx`, `ry`, `rz` and `rotation` are exp(-i angle P/2),
`evolve` is exp(-i angle H). Angles are radians.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike

from . import _native
from . import _signatures as c
from ._gates import GateMethods
from ._native import arrays as _arrays
from ._native.arrays import Complex, Real
from ._native.errors import InvalidArgumentError
from .angles import AngleLike
from .channels import Channel
from .channels.channel import as_channel
from .configuration import Configurable
from .drawing import Namer, circuit_html, circuit_svg
from .habits.synonyms import advice
from .instructions import Instruction, append_channel, append_evolution, append_rotation, append_unitary
from .observables import Observable
from .observables import generator as as_observable


class Circuit(GateMethods, Configurable):
    """A circuit on `n_qubits` qubits (1 to 128), empty at first. Gates are methods (docs/gates.md lists them), which
    append and return the circuit itself.

    A circuit is a sequence of `qt.Instruction`: it has a length, can be indexed, sliced and iterated, and compares by its
    instructions, whatever its parameters and features are called. It can be copied and pickled, and circuits can be added.

    Raises:
        InvalidArgumentError: unless n_qubits is an integer from 1 to 128.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, n_qubits: int) -> None:
        self._own(_native.create("qtg_circuit_create", _arrays.integer("n_qubits", n_qubits)))

    def _own(self, handle: _native.Handle) -> None:
        self._handle = handle

    @classmethod
    def _adopt(cls, handle: _native.Handle) -> Circuit:
        circuit = cls.__new__(cls)
        circuit._own(handle)
        return circuit

    if not TYPE_CHECKING:  # A checker of types shall still see that a name does not exist.

        def __getattr__(self, name: str) -> object:
            """Says what a gate or method of other programs is called here."""
            found = None if name.startswith("_") else advice(name, Circuit)
            message = f"a circuit has no {name!r}" + (f"; {found}" if found else "")
            raise AttributeError(message, name=name, obj=self)

    # General gates.

    def rotation(self, angle: AngleLike, pauli: str, qubits: int | Sequence[int] | None = None) -> Circuit:
        """exp(-i angle P/2) for a Pauli string P.

        Args:
            angle: in radians; a number, or what `qt.param`, `qt.feature` and `qt.config` give with + - * /.
            pauli: one letter (I, X, Y, Z) a qubit, letter k for qubits[k].
            qubits: counted from 0; all qubits in order by default.

        Returns:
            The circuit itself, with the rotation at its end.

        Raises:
            InvalidArgumentError: for other letters or another number of them, for qubits that the circuit does not have
                or that are named twice, and for an angle that is not finite.
        """
        append_rotation(self._handle, angle, pauli, self._qubits(qubits))
        return self

    def evolve(
        self, angle: AngleLike, generator: Observable | ArrayLike, qubits: int | Sequence[int] | None = None
    ) -> Circuit:
        """exp(-i angle H) for a Hermitian operator H. There is no factor 1/2.

        Args:
            angle: in radians; a number, or what `qt.param`, `qt.feature` and `qt.config` give with + - * /.
            generator: H, an observable or a dense Hermitian matrix (2^k, 2^k).
            qubits: the k qubits where H acts, its qubit j on qubits[j]; all qubits in order by default.

        Returns:
            The circuit itself, with the evolution at its end.

        Raises:
            InvalidArgumentError: for a matrix that is not Hermitian, for another number of qubits than H has, for qubits
                that the circuit does not have or that are named twice, for an angle that is not finite, and for an H on
                more than 10 qubits whose terms do not commute.
        """
        append_evolution(self._handle, angle, as_observable(generator), self._qubits(qubits))
        return self

    def unitary(self, matrix: ArrayLike, qubits: int | Sequence[int] | None = None) -> Circuit:
        """A fixed unitary.

        Args:
            matrix: (2^k, 2^k), up to k = 12.
            qubits: the k qubits where it acts, qubits[0] on the most significant index; all qubits in order by default.

        Returns:
            The circuit itself, with the unitary at its end.

        Raises:
            InvalidArgumentError: for a matrix whose product with its adjoint differs from 1 by more than 1e-10, for one of
                another size than the qubits ask for, and for qubits that the circuit does not have or that are named twice.
        """
        append_unitary(self._handle, _arrays.square_matrix("matrix", matrix), self._qubits(qubits))
        return self

    def channel(self, channel: Channel, qubits: int | Sequence[int] | None = None) -> Circuit:
        """A channel: noise, or a reset.

        Args:
            channel: what a function of `qt.noise` gives.
            qubits: where it acts, its own first qubit on qubits[0]; all qubits in order by default.

        Returns:
            The circuit itself, with the channel at its end.

        Raises:
            InvalidArgumentError: for what is no channel, for another number of qubits than it has, and for qubits that
                the circuit does not have or that are named twice.
        """
        where = self._qubits(qubits)
        append_channel(self._handle, as_channel(channel)._on(len(where)), where)
        return self

    def _qubits(self, qubits: int | Sequence[int] | None) -> Any:
        return _arrays.indices("qubits", range(self.n_qubits) if qubits is None else qubits)

    # Reading.

    @classmethod
    def from_instructions(
        cls,
        n_qubits: int,
        instructions: Iterable[Instruction],
        parameter_names: Iterable[str] | None = None,
        feature_names: Iterable[str] | None = None,
    ) -> Circuit:
        """A circuit of these instructions, in time order.

        `Circuit.from_instructions(c.n_qubits, list(c)) == c` for every circuit c, byte for byte.

        Args:
            n_qubits: 1 to 128.
            instructions: any number of `qt.Instruction`.
            parameter_names: as `Circuit.parameter_names`, one for each parameter.
            feature_names: as `Circuit.feature_names`, one for each feature.

        Raises:
            InvalidArgumentError: for what is no `qt.Instruction`, for qubits that the circuit does not have, and for what
                `Circuit.parameter_names` refuses.
        """
        circuit = cls(n_qubits)
        for k, instruction in enumerate(_arrays.several("instructions", instructions, "qt.Instruction")):
            if not isinstance(instruction, Instruction):
                raise InvalidArgumentError(
                    f"instructions[{k}] is {instruction!r}; a qt.Instruction is expected"
                )
            instruction._append_to(circuit._handle)
        circuit.parameter_names, circuit.feature_names = parameter_names, feature_names
        return circuit

    initial_theta: Real | None = None
    """(p,): with `from_qasm(..., free=...)` the numbers in whose place parameters stand, NaN for inputs; else None."""
    measured_qubits: tuple[int, ...] = ()
    """Those that a program read by `from_qasm` measures, in its order."""
    unused_inputs: tuple[str, ...] = ()
    """Inputs of a program read by `from_qasm` that are in no angle of the circuit."""

    @classmethod
    def from_qasm(
        cls,
        text_or_path: str | os.PathLike[str],
        features: Collection[str] = ("x",),
        free: str | None = None,
        config: Collection[str] = (),
    ) -> Circuit:
        """A circuit from a program in OpenQASM 2 or 3; docs/qasm.md says what is read.

        Inputs (`input float`, `input angle`) are parameters, or features where `features` has their name. Those that
        occur in an angle are numbered: by their indices within a name (`w_2` before `w_10`), by declaration between names.
        Measurements at the end are left out, and global phases.

        Args:
            text_or_path: a program, or the path of a file; text has a semicolon.
            features: names of inputs that are features, whole, or without underscores around them and indices behind them:
                "x" stands for `x`, `x_0`, `x12` and Qiskit's `_x_0_`.
            free: "rotations" makes each number in a call of a gate, outside definitions of gates, a parameter of its own;
                None leaves numbers.
            config: names of inputs that are keys of a configuration, as `features` are given.

        Returns:
            The circuit, with the attributes `initial_theta`, `measured_qubits` and `unused_inputs`, which do not go with
            copies and sums.

        Raises:
            QasmError: for what is broken or not read, with line and column.
            FileError: for a file that cannot be read.
            InvalidArgumentError: for other arguments.
            ImportError: without the package openqasm3 (extra `qasm`).
        """
        from .qasm import read

        reading = read(text_or_path, features, free, config)
        circuit = cls.from_instructions(
            reading.n_qubits, reading.instructions, reading.parameter_names, reading.feature_names
        )
        circuit.initial_theta = reading.initial_theta
        circuit.measured_qubits = reading.measured_qubits
        circuit.unused_inputs = reading.unused_inputs
        return circuit

    def to_qasm(self, version: int = 3, theta: ArrayLike | None = None, include: bool = True) -> str:
        """The circuit as a program in OpenQASM, up to a global phase; docs/qasm.md says what becomes of each instruction.

        Parameters, features and configuration keys are inputs (`input float[64]`) under their names, as far as a program
        allows them: what gates or the language have taken gets underscores around it, and other characters become
        underscores.

        Args:
            version: 3, or 2, which has no inputs.
            theta: (p,), numbers in the place of parameters; None keeps the parameters.
            include: True includes the standard gates and has one register, as Qiskit and the language's own parser want
                it; False, for version 3 alone, does neither, as PennyLane's reader wants it.

        Returns:
            The program. `Circuit.from_qasm` reads it as the same unitary up to a phase.

        Raises:
            InvalidArgumentError: for evolutions whose terms do not commute, dense matrices on several qubits, channels,
                inputs in version 2, and a theta of another shape.
        """
        from .qasm import write

        if _arrays.integer("version", version) not in (2, 3):
            raise InvalidArgumentError(f"version is {version!r}; 2 and 3 are possible")
        if not _arrays.flag("include", include) and version == 2:
            raise InvalidArgumentError(
                "OpenQASM 2 has no gates without an include; include=False is for version 3"
            )
        values = None if theta is None else _arrays.real("theta", theta)
        if values is not None:
            _arrays.expect_shape("theta", values, (self.n_params,), "(p,)")
            _arrays.finite("theta", values)
        names = self.parameter_names, self.feature_names, self.config_keys
        return write(self.n_qubits, self, *names, version, values, include)

    @overload
    def __getitem__(self, index: int) -> Instruction: ...
    @overload
    def __getitem__(self, index: slice) -> Circuit: ...
    def __getitem__(self, index: int | slice) -> Instruction | Circuit:
        """Instruction `index`, negative ones counted from the end; a slice is the circuit of its instructions."""
        size = len(self)
        if isinstance(index, slice):
            chosen = range(*index.indices(size))
            part = Circuit.from_instructions(
                self.n_qubits, (Instruction._read(self._handle, k) for k in chosen)
            )
            _native.call("qtg_circuit_take_names", part._handle, self._handle)
            return part
        position = _arrays.integer("the index of an instruction", index)
        if not -size <= position < size:
            raise IndexError(f"instruction {position} of a circuit that has {size}")
        return Instruction._read(self._handle, position % size)

    def __iter__(self) -> Iterator[Instruction]:
        """The instructions in time order, as they are when the iteration begins."""
        snapshot = self.copy()
        return (Instruction._read(snapshot._handle, k) for k in range(len(snapshot)))

    # Whole circuits.

    def __add__(self, other: Circuit) -> Circuit:
        """`other` after this circuit, as a new one; its parameter indices move past this circuit's, features keep theirs.

        Names move along. A parameter's that this circuit has already goes on as "name_2", "name_3" and so on.

        Raises:
            InvalidArgumentError: unless both have the same number of qubits, and where a feature has different names or a
                name stands for different features.
        """
        return (
            self._followed_by(other, share_parameters=False) if isinstance(other, Circuit) else NotImplemented
        )

    def __radd__(self, other: object) -> Circuit:
        """So that sum() of circuits works, which starts from 0."""
        return self.copy() if isinstance(other, int) and other == 0 else NotImplemented

    def then(self, other: Circuit) -> Circuit:
        """`other` after this circuit, as a new one; both keep their parameter indices, so equal ones are shared.

        Args:
            other: the circuit that follows.

        Raises:
            InvalidArgumentError: unless `other` is a circuit on the same number of qubits, and where a parameter or a
                feature has different names or a name stands for different ones.
        """
        if not isinstance(other, Circuit):
            raise InvalidArgumentError(f"{other!r} is not a circuit")
        return self._followed_by(other, share_parameters=True)

    def _followed_by(self, other: Circuit, share_parameters: bool) -> Circuit:
        result = self.copy()
        _native.call("qtg_circuit_append_circuit", result._handle, other._handle, int(share_parameters))
        return result

    def inverse(self) -> Circuit:
        """The circuit that undoes this one, with the same parameters and features.

        Raises:
            InvalidArgumentError: for a circuit with channels, which cannot be undone.
        """
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

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What the parameters are called, theta[k] by name k: "p0", "p1" and so on unless something else was assigned.

        `circuit.parameter_names = ("alpha", "beta")` names all parameters, None takes the names away. Names go with copies,
        sums, slices, inverses, pickles and saved runs; drawings and messages show them. Circuits that differ in nothing
        else are equal.

        Raises:
            InvalidArgumentError: when assigned, for another number of names than parameters, for equal ones, and for those
                that are empty, longer than 256 bytes or contain control characters.
        """
        return self._names(c.QTG_ANGLE_PARAMETER)

    @parameter_names.setter
    def parameter_names(self, names: Iterable[str] | None) -> None:
        self._set_names(c.QTG_ANGLE_PARAMETER, "parameter_names", names)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What the features are called, column k of X by name k: "x0", "x1" and so on unless something else was assigned,
        as `Circuit.parameter_names` are.

        Raises:
            InvalidArgumentError: when assigned, for what `Circuit.parameter_names` refuses.
        """
        return self._names(c.QTG_ANGLE_FEATURE)

    @feature_names.setter
    def feature_names(self, names: Iterable[str] | None) -> None:
        self._set_names(c.QTG_ANGLE_FEATURE, "feature_names", names)

    def _names(self, kind: int) -> tuple[str, ...]:
        text = _native.read_bytes("qtg_circuit_names", self._handle, kind).decode()
        return tuple(text.split("\0")[:-1])

    def _set_names(self, kind: int, what: str, names: Iterable[str] | None) -> None:
        if names is None:
            return _native.call("qtg_circuit_set_names", self._handle, kind, None, 0)
        if isinstance(names, str) or not isinstance(names, Iterable):
            raise InvalidArgumentError(f"{what} is {names!r}; a list of names is expected")
        listed = [_arrays.text(f"{what}[{k}]", name) + b"\0" for k, name in enumerate(names)]
        joined = b"".join(listed)
        return _native.call("qtg_circuit_set_names", self._handle, kind, joined, len(joined))

    def __len__(self) -> int:
        """The number of instructions."""
        return self._sizes()[3]

    def _first_channel(self) -> tuple[int, Channel] | None:
        """The first channel and its index. To read all instructions for it would take longer than many a training."""
        index = ctypes.c_int64()
        _native.call("qtg_circuit_first_channel", self._handle, ctypes.byref(index))
        channel = None if index.value < 0 else self[index.value].channel
        return None if channel is None else (index.value, channel)

    def matrix(self, theta: ArrayLike = (), x: ArrayLike | None = None) -> Complex:
        """The circuit's unitary.

        Args:
            theta: parameters, (p,).
            x: features, (f,); None if the circuit has none.

        Returns:
            (2^n, 2^n), complex; qubit 0 on the most significant index.

        Raises:
            InvalidArgumentError: for other shapes, numbers that are not finite, and more than 12 qubits.
            Interrupted: after Ctrl-C.
        """
        n, p, f, length = self._sizes()
        parameters = _arrays.real("theta", theta)
        _arrays.expect_shape("theta", parameters, (p,), "(p,)")
        features = _arrays.real("x", () if x is None else x)
        _arrays.expect_shape("x", features, (f,), "(f,)")
        if n > 12:
            raise InvalidArgumentError(
                f"the matrix of a circuit on {n} qubits is too large; 12 qubits are the limit"
            )
        result = np.empty((2**n, 2**n), dtype=np.complex128)
        given = self._handle, _arrays.pointer(parameters), p, _arrays.pointer(features), f

        def work(cancel: int) -> None:
            _native.call("qtg_circuit_matrix", *given, cancel, _arrays.pointer(result))

        _native.interruptible(1e-9 * 4**n * (length + 20), work, "matrix")
        return result

    def draw(self, form: str = "text") -> str:
        """A drawing: time from left to right, a line a qubit. Notebooks show a circuit's picture without being asked.

        Args:
            form: "text", which `print(circuit)` shows too, or "svg", a picture to be written to a file: gates that train are
                blue, those that read data orange, those that do both violet, those that a configuration may turn green, and
                hovering over one tells its angles in full. A picture has at most 3000 gate symbols and says if some
                instructions are left out.

        Raises:
            InvalidArgumentError: for another form.
        """
        if not _arrays.among(form, ("text", "svg")):
            raise InvalidArgumentError(f'form is {form!r}; "text" and "svg" are possible')
        return str(self) if form == "text" else circuit_svg(self.n_qubits, self, len(self), self._namer())

    def _repr_html_(self) -> str:
        return circuit_html(self.n_qubits, self, len(self), self._namer())

    def _namer(self) -> Namer:
        return Namer(self.parameter_names, self.feature_names)

    def __str__(self) -> str:
        return _native.read_bytes("qtg_circuit_draw", self._handle).decode()

    def __repr__(self) -> str:
        n, p, f, k = self._sizes()
        return f"<qtangent.Circuit: {n} qubits, {k} instructions, {p} parameters, {f} features>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Circuit):
            return False
        equal = ctypes.c_int32()
        _native.call("qtg_circuit_equal", self._handle, other._handle, ctypes.byref(equal))
        return bool(equal.value)

    def __getstate__(self) -> bytes:
        return _native.read_bytes("qtg_circuit_serialize", self._handle)

    def __setstate__(self, state: bytes) -> None:
        self._own(_native.create("qtg_circuit_deserialize", state, len(state)))

    def __copy__(self) -> Circuit:
        return self.copy()

    def __deepcopy__(self, memo: object) -> Circuit:
        return self.copy()
