"""What a build returned for a point, and what tells it from what another build returns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._native import arrays as _arrays
from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError, QTangentError
from ...models import Model
from ..checks import checked_labels, with_plain_output
from .point import Point

Build = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True)
class Built:
    """What one point trains."""

    model: Model
    theta: Real
    """(draws, p)"""
    y: Real
    states: Complex | None
    X: Real | None

    @classmethod
    def of(cls, build: Build, point: Point) -> Built:
        """What `build` returns for a point.

        Raises:
            InvalidArgumentError: It returns something else, or nothing to train.
        """
        result = build(point.n, point.p, point.m, point.scale, point.seed)
        if not isinstance(result, tuple) or len(result) not in (4, 5) or not isinstance(result[0], Model):
            raise InvalidArgumentError(
                f"build returned {type(result).__name__}; a tuple (model, theta, y, states) or "
                "(model, theta, y, states, X) is expected"
            )
        model, theta, y, states, X = (*result, None)[:5]
        return cls(
            with_plain_output(model),
            np.atleast_2d(_arrays.real("theta", theta)),
            checked_labels(y),
            None if states is None else _arrays.complex_("states", states),
            None if X is None else _arrays.real("X", X),
        )

    def digests(self) -> dict[str, str]:
        """A digest of each part: equal where, and only where, the parts are equal to the last bit."""
        observable = self.model.observable
        observables = observable if isinstance(observable, list) else [observable]
        parts: dict[str, list[bytes]] = {
            "circuit": [self.model.circuit.__getstate__()],
            "observable": [one.__getstate__() for one in observables],
            "scale": [np.float64(self.model.scale).tobytes()],
            "precision": [self.model.precision.encode()],
            "theta": _content(self.theta),
            "targets": _content(self.y),
            "states": _content(self.states),
            "features": _content(self.X),
        }
        return {name: _digest(part) for name, part in parts.items()}


def digests(build: Build, point: Point) -> dict[str, str]:
    """The digests of what `build` returns for a point, which any executor can compute."""
    with named(point):
        return Built.of(build, point).digests()


@contextmanager
def named(point: Point) -> Iterator[None]:
    """Puts the point in front of the library's errors."""
    try:
        yield
    except QTangentError as error:
        raise type(error)(f"{point.name}: {error}") from error


def _content(array: Real | Complex | None) -> list[bytes]:
    return [] if array is None else [repr(array.shape).encode(), array.tobytes()]


def _digest(part: list[bytes]) -> str:
    """Of pieces with their lengths, so that no two lists of pieces run into one text."""
    hashed = hashlib.sha256()
    for piece in part:
        hashed.update(len(piece).to_bytes(8, "little") + piece)
    return hashed.hexdigest()
