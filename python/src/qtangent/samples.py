"""Samples that are checked, copied and laid out once, and then used in any number of calls."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from . import _signatures as c
from ._native import arrays
from ._native.arrays import Complex, Real
from ._native.errors import InvalidArgumentError
from ._native.inputs import Sized, Targets
from .views.cards import card

_DATA_SIZE = ctypes.sizeof(c.qtg_data)


class Samples:
    """Features, input states, or both; stands in X's place in every call that takes samples.

    A call with arrays checks and copies them each time. Samples are checked and copied here, once, and the library
    keeps with them what it makes of them: the layout of the states, and the loss floor that a training computes before
    its first step. Changing an array afterwards changes nothing.

        samples = qt.Samples(X)
        model.jacobian(theta, samples)
        qt.train(model, y, X=samples)

    `len(samples)` is the number of samples m. An integer, a slice, and an array of indices or of booleans (m,) select
    samples; what they give is a copy. Samples pickle by their arrays.

    Args:
        X: features, real (m, f).
        states: input states, complex (m, 2^n) of norm 1, or density matrices (m, 2^n, 2^n) of trace 1, both within
            1e-8. Without either there is one sample, |0...0>.

    Raises:
        InvalidArgumentError: for shapes that do not fit each other, entries that are not finite, states that are not
            normalised, matrices that are not density matrices; the text names the sample.
        OutOfMemoryError: for more than fits in memory.
        Interrupted: after Ctrl-C.
    """

    __slots__ = ("__weakref__", "_dimension", "_handle", "_is_mixed", "_n_features", "_size")

    def __init__(self, X: ArrayLike | None = None, states: ArrayLike | None = None) -> None:
        features = None if X is None else arrays.real("X", X)
        vectors = None if states is None else arrays.complex_("states", states)
        if features is not None and (features.ndim != 2 or features.shape[1] == 0):
            raise InvalidArgumentError(f"X has shape {features.shape}; (m, f) is expected, f at least 1")
        if vectors is not None and (vectors.ndim not in (2, 3) or vectors.shape[1] != vectors.shape[-1]):
            raise InvalidArgumentError(
                f"states has shape {vectors.shape}; (m, 2^n) or (m, 2^n, 2^n) is expected"
            )
        self._create(features, vectors)

    def _create(self, X: Real | None, states: Complex | None, suffix: str = "") -> None:
        """From arrays of shapes that fit a model, or that one may fit."""
        struct = c.qtg_data(_DATA_SIZE, 1)
        if X is not None:
            struct.n_samples, struct.n_features = X.shape
            struct.features = arrays.pointer(X)
        if states is not None:
            if X is not None and len(states) != len(X):
                raise InvalidArgumentError(
                    f"X{suffix} has shape {X.shape} and states{suffix} {states.shape}; the first sizes must agree"
                )
            struct.n_samples, struct.dimension = states.shape[:2]
            struct.states = arrays.pointer(states)
            struct.state_kind = c.QTG_STATES_PURE if states.ndim == 2 else c.QTG_STATES_MIXED
        # Whoever holds the struct holds the arrays.
        struct.kept = X, states
        if struct.n_samples == 0:
            raise InvalidArgumentError("there are no samples; at least one is needed")
        try:
            _native.interruptible(
                self._seconds(struct),
                lambda cancel: self._adopt(
                    _native.create("qtg_samples_create", ctypes.byref(struct), cancel),
                    struct.n_samples,
                    struct.n_features,
                    struct.dimension,
                    states is not None and states.ndim == 3,
                ),
                "what checks the samples",
            )
        except InvalidArgumentError:
            for name, values in (("X", X), ("states", states)):
                if values is not None:
                    arrays.finite(f"{name}{suffix}", values)
            raise

    @staticmethod
    def _seconds(data: Any) -> float:
        """An estimate of how long the checks take; density matrices are diagonalised."""
        m, d = float(data.n_samples), float(data.dimension)
        entries = m * (float(data.n_features) + d)
        diagonalised: bool = data.state_kind == c.QTG_STATES_MIXED
        return 1e-8 * entries + (2e-9 * m * d**3 if diagonalised else 0.0)

    @classmethod
    def _from_native(cls, handle: _native.Handle) -> Samples:
        """Samples that the native library made; they own the handle."""
        sizes, kind = [ctypes.c_int64() for _ in range(3)], ctypes.c_int32()
        _native.call("qtg_samples_info", handle, *map(ctypes.byref, sizes), ctypes.byref(kind))
        samples = cls.__new__(cls)
        size, n_features, dimension = (one.value for one in sizes)
        samples._adopt(handle, size, n_features, dimension, kind.value == c.QTG_STATES_MIXED)
        return samples

    def _adopt(
        self, handle: _native.Handle, size: int, n_features: int, dimension: int, is_mixed: bool
    ) -> None:
        self._handle = handle
        self._size, self._n_features, self._dimension, self._is_mixed = size, n_features, dimension, is_mixed

    @property
    def n_features(self) -> int:
        """f, 0 without features."""
        return self._n_features

    @property
    def dimension(self) -> int:
        """2^n of the input states, 0 without states."""
        return self._dimension

    @property
    def is_mixed(self) -> bool:
        """Whether the input states are density matrices."""
        return self._is_mixed

    @property
    def X(self) -> Real | None:
        """A copy of the features (m, f), None without features."""
        if not self._n_features:
            return None
        return self._read("qtg_samples_features", np.empty((self._size, self._n_features)))

    @property
    def states(self) -> Complex | None:
        """A copy of the input states, complex (m, 2^n) or (m, 2^n, 2^n); None without states."""
        if not self._dimension:
            return None
        shape = (self._size, *([self._dimension] * (2 if self._is_mixed else 1)))
        return self._read("qtg_samples_states", np.empty(shape, dtype=np.complex128))

    def _read(self, name: str, out: NDArray[Any]) -> NDArray[Any]:
        length = ctypes.c_int64()
        _native.call(name, self._handle, arrays.pointer(out), out.nbytes // 8, ctypes.byref(length))
        return out

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Samples]:
        return (self[row] for row in range(self._size))

    def __getitem__(self, index: int | slice | ArrayLike) -> Samples:
        rows = self._rows(index)
        selected = Samples.__new__(Samples)
        handle = _native.create("qtg_samples_select", self._handle, arrays.pointer(rows), len(rows))
        selected._adopt(handle, len(rows), self._n_features, self._dimension, self._is_mixed)
        return selected

    def _rows(self, index: int | slice | ArrayLike) -> NDArray[np.int64]:
        if isinstance(index, slice):
            rows = np.arange(self._size)[index]
        else:
            rows = arrays.numbers("the index", index)
            if rows.dtype.kind == "b":
                arrays.expect_shape("the index", rows, (self._size,), "(m,)")
                rows = np.flatnonzero(rows)
            rows = arrays.indices("the index", rows)
            rows = np.where(rows < 0, rows + self._size, rows)
        if len(rows) == 0:
            raise InvalidArgumentError(
                f"{index!r} selects none of the {self._size} samples; at least one is needed"
            )
        if rows.min() < 0 or rows.max() >= self._size:
            raise InvalidArgumentError(f"{index!r} is out of range, there are {self._size} samples")
        return np.ascontiguousarray(rows)

    def __reduce__(self) -> tuple[type[Samples], tuple[Real | None, Complex | None]]:
        return Samples, (self.X, self.states)

    def __repr__(self) -> str:
        parts = [f"{self._size} samples"]
        if self._n_features:
            parts.append(f"{self._n_features} features")
        if self._dimension:
            parts.append(f"{'mixed' if self._is_mixed else 'pure'} states of dimension {self._dimension}")
        return f"<qtangent.Samples: {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        facts: list[tuple[str, object]] = [("samples", self._size)]
        if self._n_features:
            facts.append(("features", self._n_features))
        if self._dimension:
            kind = "density matrices" if self._is_mixed else "pure"
            facts.append(("input states", f"{kind}, dimension {self._dimension}"))
        return card("Samples", facts)


def samples_for(
    model: Sized, X: ArrayLike | Samples | None, states: ArrayLike | None, suffix: str = ""
) -> Samples:
    """What a call was given, as samples that fit the model: a temporary where it was given arrays.

    Args:
        suffix: what follows X and states in the names of the caller's arguments.

    Raises:
        InvalidArgumentError: as `Samples`, and for another number of features or qubits than the model's.
    """
    try:
        n_features, n_qubits = model._n_features, model._n_qubits
    except AttributeError:
        raise InvalidArgumentError(f"model is {arrays.shown(model):.80}; a qt.Model is expected") from None
    if isinstance(X, Samples):
        if states is not None:
            raise InvalidArgumentError(
                f"X{suffix} are qt.Samples and states{suffix} are given too; pass qt.Samples(X, states)"
            )
        if X._n_features != n_features:
            raise InvalidArgumentError(
                f"the samples have {X._n_features} features, the circuit has {n_features}"
            )
        if X._dimension and X._dimension != 2**n_qubits:
            raise InvalidArgumentError(
                f"the samples' states have dimension {X._dimension}, {n_qubits} qubits need {2**n_qubits}"
            )
        return X
    features = vectors = None
    if X is not None:
        features = arrays.real(f"X{suffix}", X)
        if n_features == 0:
            raise InvalidArgumentError(
                f"X{suffix} has shape {features.shape}, but the circuit has no features"
            )
        if features.ndim != 2 or features.shape[1] != n_features:
            raise InvalidArgumentError(
                f"X{suffix} has shape {features.shape}, "
                f"the circuit has {n_features} features: (m, {n_features}) is expected"
            )
    elif n_features:
        raise InvalidArgumentError(
            f"the circuit has {n_features} features; pass X{suffix} of shape (m, {n_features})"
        )
    if states is not None:
        vectors = arrays.complex_(f"states{suffix}", states)
        d = 2**n_qubits
        if vectors.shape[1:] not in ((d,), (d, d)):
            raise InvalidArgumentError(
                f"states{suffix} has shape {vectors.shape}, {n_qubits} qubits need (m, {d}) or (m, {d}, {d})"
            )
    samples = Samples.__new__(Samples)
    samples._create(features, vectors, suffix)
    return samples


def density_matrices(states: Complex) -> Complex:
    """Density matrices (m, d, d) of pure states (m, d), or those given."""
    return states if states.ndim == 3 else states[:, :, None] * states[:, None, :].conj()


def labelled(
    model: Sized,
    y: ArrayLike,
    X: ArrayLike | Samples | None,
    states: ArrayLike | None,
    loss: str,
    sample_weight: ArrayLike | None = None,
) -> tuple[Samples, Targets]:
    """Samples and their targets, both as the model takes them.

    Raises:
        InvalidArgumentError: as `samples_for` and `Targets`; it says so where y and X look exchanged.
    """
    try:
        samples = samples_for(model, X, states)
        return samples, Targets(model, y, len(samples), loss, sample_weight)
    except InvalidArgumentError as error:
        if _look_exchanged(model, y, X):
            raise InvalidArgumentError(f"{error}; y and X look exchanged: y comes first") from None
        raise


def _look_exchanged(model: Sized, y: ArrayLike, X: ArrayLike | Samples | None) -> bool:
    """Whether y would do as features, and X has no axis for features or that of the outputs."""
    if isinstance(y, Samples):
        return True
    if X is None or isinstance(X, Samples):
        return False
    try:
        features, labels = np.shape(y), np.shape(X)
    except ValueError:
        return False
    return (
        len(features) == 2
        and features[1] == model._n_features
        and labels in ((features[0],), (features[0], model.n_outputs))
    )
