"""What theory says about the run: frozen kernel, over-parameterised limit, lower bound, floor of the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .. import _signatures as c
from .. import dynamics
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..dynamics.curves import Curve, curve
from ..samples import Samples
from ..training import begin
from .bounds.floor import LossFloor
from .problem import Problem

if TYPE_CHECKING:
    from ..runs import Run


def kernel_regression_curve(problem: Problem, actual: Curve) -> Curve:
    """r(t) = expm(-K(0) t / z_sum) r(0), on the times of `actual`."""
    initial = actual.residuals[0]
    if problem.outputs == 1:
        kernel = actual.kernel[0] * problem.z_sum
    else:
        full = problem.model.tangent_kernel(problem.theta, X=problem.X, states=problem.states, full=True)
        kernel = np.asarray(full).reshape(initial.size, initial.size)
    residuals = dynamics.kernel_regression(kernel, initial.ravel(), actual.time, rate=1 / problem.z_sum)
    frozen = np.broadcast_to(actual.kernel[0], actual.kernel.shape)
    return curve(
        actual.time, problem.y + np.asarray(residuals).reshape(-1, *initial.shape), problem.y, frozen
    )


def asymptotic_curve(problem: Problem, time: Real) -> tuple[Curve | None, str | None]:
    """The limit p -> infinity from the same initial measurement, contracted by the circuit's channels, or the reason why it
    does not exist here."""
    found = problem.model.contraction
    try:
        limit = dynamics.asymptotic(
            problem.model, problem.theta, problem.y, time, X=problem.X, states=problem.states,
            contraction=found.Q if len(found.q) else None,
        )  # fmt: skip
    except InvalidArgumentError as error:
        return None, str(error)
    return limit, None


def lower_bound(problem: Problem, actual: Curve) -> Real | None:
    """Sublinear lower bound of the loss on the times of `actual`; None where its conditions do not hold."""
    pure = problem.states is None or problem.states.ndim == 2
    if problem.outputs != 1 or not pure or not np.allclose(np.abs(problem.y), 1, rtol=0, atol=1e-12):
        return None
    try:
        bound = dynamics.loss_lower_bound(problem.model, float(actual.loss[0]), actual.time, len(problem.y))
    except InvalidArgumentError:
        return None
    return np.asarray(bound, dtype=np.float64)


def floors_of(problem: Problem, run: Run) -> tuple[tuple[LossFloor, ...], str | None]:
    """`data_floors`, and where channels follow the last feature the floor of the circuit without: noise makes no states
    easier to tell apart, and no measurement wider."""
    floors, reason = data_floors(run)
    circuit = problem.model.circuit
    first = circuit._first_channel()
    if reason is None or first is None:
        return floors, reason
    behind = circuit[first[0] :]
    if any(features for one in behind for angle in one.angles for _, features in angle.terms):
        return (), "features act behind channels, so that the states differ by more than their encoding"
    plain = begin(
        problem.model._without_channels(),
        problem.y,
        X=Samples(problem.X, problem.states),
        theta=problem.theta,
    )
    floors, reason = data_floors(plain)
    return tuple(replace(one, tight=False) for one in floors), reason


def data_floors(run: Run) -> tuple[tuple[LossFloor, ...], str | None]:
    """One bound an output, or none and the reason. The floor of the loss is their sum."""
    loss, basis, outputs = run._floor()
    if loss is None:
        return (), _NO_FLOOR[basis]
    return tuple(LossFloor._of(floor, predictions) for floor, predictions in outputs), None


_NO_FLOOR = {
    c.QTG_FLOOR_OF_MOVING_STATES: "features act after parameters, so the overlaps of the states change with "
    "the parameters",
    c.QTG_FLOOR_OF_MANY_STATES: "there are too many or too large states",
}
