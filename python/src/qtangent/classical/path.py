"""The match of a student's neurons with the teacher's along its path, and the laws that its loss follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..convergence.laws.rates import RateFit, fit_rates
from .descent import Descent
from .matching import Match, match
from .two_layer import TwoLayerNetwork

# Of (sum |w_j|^2 + sum |w*_i|)^2: rounding leaves about 1e-16 of the loss.
_RESOLUTION = 1e-14


@dataclass(frozen=True, eq=False)
class MatchPath:
    """The match at the recorded steps; see `Match` for each quantity.

    Attributes:
        step, time: (T,).
        loss, gradient_norm: (T,), of the population.
        assignment, angles: (T, m).
        nearest, mass, residual_norms: (T, r).
        weighted_square_angle, matched_residual, rest_residual, descent: (T,).
        lojasiewicz: |grad L| / L^alpha by alpha "1/2", "2/3", "1": (T,) each.
        lambda_min: of the teacher, which does not move.
        exponent: alpha in |grad L| ~ L^alpha, fitted to the last third of the recorded steps above rounding; NaN for
            fewer than five.
        rate: the law fitted to the loss above rounding.
    """

    step: NDArray[np.int64]
    time: Real
    loss: Real
    gradient_norm: Real
    assignment: NDArray[np.int64]
    angles: Real
    nearest: Real
    mass: Real
    residual_norms: Real
    weighted_square_angle: Real
    matched_residual: Real
    rest_residual: Real
    lojasiewicz: dict[str, Real]
    descent: Real
    lambda_min: float
    exponent: float
    rate: RateFit

    def __repr__(self) -> str:
        return f"<qtangent.classical.MatchPath: {len(self.step)} steps, |grad L| ~ L^{self.exponent:.3f}, {self.rate.law}>"


def match_path(network: TwoLayerNetwork, run: Descent) -> MatchPath:
    """The neurons of a student beside those of its teacher at every recorded step.

    Args:
        network: the teacher.
        run: of one start, trained with record_path=True.

    Raises:
        InvalidArgumentError: for activation "relu", runs of several starts, and runs without their path.
    """
    arrays.instance("network", network, TwoLayerNetwork, "a qt.classical.TwoLayerNetwork")
    arrays.instance("run", run, Descent, "what TwoLayerNetwork.train returns")
    path = run.path
    if path is None:
        raise InvalidArgumentError("the run has no path; train with record_path=True")
    if path.ndim != 3:
        raise InvalidArgumentError(f"the run has {len(path)} starts; match each of them alone")
    network.match(path[0])  # refuses "relu" and teachers of another dimension
    losses, gradients = network.loss_and_gradient(path)
    loss = np.asarray(losses, dtype=np.float64)
    norms = np.linalg.norm(gradients, axis=(1, 2))
    matches: list[Match] = [
        match(network.teacher, W, float(one), gradient)
        for W, one, gradient in zip(path, loss, gradients, strict=True)
    ]

    def along(name: str) -> Real:
        return np.array([getattr(one, name) for one in matches])

    scale = float(np.sum(path[-1] ** 2) + np.linalg.norm(network.teacher, axis=1).sum())
    seen = loss > _RESOLUTION * scale**2
    last = np.flatnonzero(seen)[-max(len(loss) // 3, 5) :]
    exponent = float("nan")
    if len(last) >= 5:
        exponent = float(np.polyfit(np.log(loss[last]), np.log(norms[last]), 1)[0])
    return MatchPath(
        step=run.step, time=run.time, loss=loss, gradient_norm=norms,
        assignment=along("assignment").astype(np.int64), angles=along("angles"), nearest=along("nearest"),
        mass=along("mass"), residual_norms=along("residual_norms"),
        weighted_square_angle=along("weighted_square_angle"), matched_residual=along("matched_residual"),
        rest_residual=along("rest_residual"), descent=along("descent"),
        lojasiewicz={
            name: np.array([one.lojasiewicz[name] for one in matches]) for name in matches[0].lojasiewicz
        },
        lambda_min=matches[0].lambda_min, exponent=exponent, rate=fit_rates(run.time[seen], loss[seen]),
    )  # fmt: skip
