"""The over-parameterised limit as a curve, and the flows that make it: of a model, or of overlaps alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.inputs import Theta
from ..models import Model
from ..samples import Samples
from .curves import Curve, curve


class Flow(Protocol):
    """A problem whose limit can be integrated."""

    @property
    def y(self) -> Real: ...

    @property
    def time(self) -> Real: ...

    def trajectory(self) -> tuple[Real, Real]:
        """Predictions (..., T, m) and kernel (..., T, m, m)."""
        ...

    def dqntk(self) -> Real:
        """(..., T, m, m, m)."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Asymptotic(Curve):
    """The over-parameterised limit: a curve whose kernel changes by a second-order kernel that is known."""

    _flow: Flow = field(compare=False)

    @cached_property
    def dqntk(self) -> Real:
        """The limit of mu_abc/Zsum^2, (T, m, m, m), mu the dQNTK (`Model.dqntk`); s parameter sets put s in front.

        The flow is integrated anew when this is first asked for. Derived in docs/maths.md.

        Raises:
            OutOfMemoryError: before anything is allocated.
            Interrupted: after Ctrl-C.
        """
        return self._flow.dqntk()

    @property
    def lam(self) -> Real:
        """lambda/Zsum of each sample, mu_aaa/(K_aa Zsum), (T, m); NaN where the kernel has vanished."""
        own: Real = np.einsum("...aaa->...a", self.dqntk)
        kernel = np.einsum("...aa->...a", self.kernel)
        ratio: Real = np.divide(own, kernel, out=np.full(own.shape, np.nan), where=kernel > 0)
        return ratio


def limit_of(flow: Flow) -> Asymptotic:
    """Integrates the flow."""
    predictions, kernel = flow.trajectory()
    found = curve(flow.time, predictions, flow.y, kernel)
    return Asymptotic(found.time, found.predictions, found.residuals, found.loss, found.kernel, flow)


class _NativeFlow:
    """A flow that the native library integrates, with the dQNTK or without."""

    def trajectory(self) -> tuple[Real, Real]:
        predictions, kernel, _ = self._integrate(False)
        return predictions, kernel

    def dqntk(self) -> Real:
        _, _, dqntk = self._integrate(True)
        assert dqntk is not None
        return dqntk

    def _integrate(self, wants_dqntk: bool) -> tuple[Real, Real, Real | None]:
        raise NotImplementedError


@dataclass(frozen=True)
class ModelFlow(_NativeFlow):
    """The flow from a model's measurement at theta (p,) or (s, p)."""

    model: Model
    theta: Real
    samples: Samples
    y: Real
    time: Real
    rate: float
    method: int

    def _integrate(self, wants_dqntk: bool) -> tuple[Real, Real, Real | None]:
        sets, m = Theta(self.theta, self.model.n_params), len(self.samples)
        shape = (sets.sets, len(self.time), m, m)
        kernel = _native.result("the kernel", shape, 1, "times")
        dqntk = _native.result("the dQNTK", (*shape, m), 1, "times") if wants_dqntk else None
        predictions = np.empty(shape[:3])
        _native.interruptible(
            math.inf,
            lambda cancel: _native.call(
                "qtg_dynamics_asymptotic",
                self.model._handle,
                *sets.arguments,
                self.samples._handle,
                _arrays.pointer(self.y),
                _arrays.pointer(self.time),
                len(self.time),
                self.rate,
                self.method,
                cancel,
                _arrays.pointer(predictions),
                _arrays.pointer(kernel),
                _arrays.pointer(dqntk),
            ),
            "asymptotic",
        )
        tensor = None if dqntk is None else sets.squeeze(dqntk)
        return sets.squeeze(predictions), sets.squeeze(kernel), tensor


@dataclass(frozen=True)
class GramFlow(_NativeFlow):
    """The flow from overlaps of pure states, `gram` and `measured` (m, m), and the scale of an observable +-1."""

    gram: Complex
    measured: Complex
    scale: float
    y: Real
    time: Real
    rate: float

    def _integrate(self, wants_dqntk: bool) -> tuple[Real, Real, Real | None]:
        m = len(self.gram)
        shape = (len(self.time), m, m)
        kernel = _native.result("the kernel", shape, 0, "times")
        dqntk = _native.result("the dQNTK", (*shape, m), 0, "times") if wants_dqntk else None
        predictions = np.empty(shape[:2])
        _native.interruptible(
            math.inf,
            lambda cancel: _native.call(
                "qtg_dynamics_asymptotic_gram",
                _arrays.pointer(self.gram),
                _arrays.pointer(self.measured),
                m,
                self.scale,
                _arrays.pointer(self.y),
                _arrays.pointer(self.time),
                len(self.time),
                self.rate,
                cancel,
                _arrays.pointer(predictions),
                _arrays.pointer(kernel),
                _arrays.pointer(dqntk),
            ),
            "asymptotic_from_gram",
        )
        return predictions, kernel, dqntk
