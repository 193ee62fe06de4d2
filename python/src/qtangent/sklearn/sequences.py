"""Sequences as other packages lay them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError

LAYOUTS = ("time_first", "channels_first")
PADDINGS = ("nan",)


def as_sequences(X: Sequence[ArrayLike] | ArrayLike, layout: str | None, padding: str | None) -> list[Real]:
    """Sequences (T_i, m) of any lengths.

    Args:
        X: a list of arrays (T_i, m), or (m, T_i) for layout="channels_first", or (T_i,); or an array (n, T) of sequences
            of numbers, (n, T, m) for layout="time_first", (n, m, T) for layout="channels_first".
        layout: must be given for arrays of three axes; lists without it hold the steps first.
        padding: "nan" to cut steps at the end of which all channels are NaN.

    Raises:
        InvalidArgumentError: for other layouts and paddings, and for three axes without a layout.
    """
    if layout is not None and not arrays.among(layout, LAYOUTS):
        raise InvalidArgumentError(f"layout is {layout!r}; one of {LAYOUTS} or None is expected")
    if padding is not None and not arrays.among(padding, PADDINGS):
        raise InvalidArgumentError(f"padding is {padding!r}; 'nan' or None is expected")
    shape = getattr(X, "shape", ())
    if layout is None and len(shape) == 3:
        n, a, b = (int(size) for size in shape)
        raise InvalidArgumentError(
            f"X has shape {(n, a, b)}: give layout='time_first' for {n} sequences of {a} steps with {b} channels, "
            f"layout='channels_first' for {b} steps with {a} channels"
        )
    found = [_steps(f"X[{k}]", one, layout, padding) for k, one in enumerate(_listed(X))]
    widths = {one.shape[1] for one in found}
    if layout is None and len(widths) > 1 and len({len(one) for one in found}) == 1:
        raise InvalidArgumentError(
            f"X holds arrays of one length {len(found[0])} and of {min(widths)} to {max(widths)} columns; if channels come "
            "first give layout='channels_first'"
        )
    return found


def _listed(X: Any) -> Any:
    if isinstance(X, (str, bytes)) or not hasattr(X, "__len__"):
        raise InvalidArgumentError(f"X is {X!r}; a list of sequences is expected")
    return X if isinstance(X, (list, tuple)) else np.asarray(X)


def _steps(name: str, sequence: ArrayLike, layout: str | None, padding: str | None) -> Real:
    array = arrays.real(name, sequence)
    if array.ndim not in (1, 2):
        raise InvalidArgumentError(f"{name} has shape {array.shape}; (T, m) is expected")
    if array.ndim == 1:
        array = array[:, None]
    elif layout == "channels_first":
        array = array.T
    if padding == "nan":
        present = np.flatnonzero(~np.isnan(array).all(axis=1))
        array = array[: present[-1] + 1 if len(present) else 0]
    if not array.size:
        raise InvalidArgumentError(f"{name} holds no steps" + (" that are not NaN" if padding else ""))
    if np.isnan(array).any() and padding is None and np.isnan(array[-1]).all():
        raise InvalidArgumentError(f"{name} ends with NaN; if that is padding give padding='nan'")
    arrays.finite(name, array)
    return np.ascontiguousarray(array)
