"""Least squares with honest error bars: a smooth misfit is not a hundred independent measurements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..._native.arrays import Real

_RESOLUTION = 1e-3  # misfits of a thousandth of the loss decide nothing


@dataclass(frozen=True)
class Fit:
    """A model of ln L fitted to one window."""

    parameters: Real
    half_widths: Real
    """Half the 95 % interval of each parameter."""
    r2: float
    rms: float
    """Root mean square misfit of ln L."""
    effective_points: float
    """Number of points after allowing for correlated misfits."""

    def bic(self, points: float) -> float:
        """Bayesian information criterion for `points` independent points; lower is better."""
        return float(points * np.log(self.rms**2 + _RESOLUTION**2) + len(self.parameters) * np.log(points))


def fit_line(x: Real, y: Real) -> Fit:
    """Fit y = parameters[0] + parameters[1] x."""
    design = np.asarray(np.stack([np.ones_like(x), x], axis=1), dtype=np.float64)
    solution = np.asarray(np.linalg.lstsq(design, y, rcond=None)[0], dtype=np.float64)
    return _describe(solution, y - design @ solution, design, y)


def fit_curve(model: Callable[[Real], Real], starts: list[Real], y: Real) -> Fit:
    """Fit y = model(parameters), the best of several starts."""
    from scipy.optimize import least_squares

    def misfit(parameters: Real) -> Real:
        return model(parameters) - y

    runs = [least_squares(misfit, start, x_scale="jac", max_nfev=400) for start in starts]
    best = min(runs, key=lambda run: run.cost)
    return _describe(best.x, -best.fun, np.asarray(best.jac, dtype=np.float64), y)


def _describe(parameters: Real, misfit: Real, design: Real, y: Real) -> Fit:
    """Error bars from the misfit, with the number of points reduced by its lag-one correlation.

    n_eff = n (1 - rho) / (1 + rho), the effective size of a first-order autoregressive sample.
    """
    n, k = design.shape
    energy = float(misfit @ misfit)
    rho = float(np.clip(misfit[1:] @ misfit[:-1] / energy, 0.0, 0.99)) if energy > 0 else 0.0
    effective = float(np.clip(n * (1 - rho) / (1 + rho), k + 2, n))
    covariance = np.linalg.pinv(design.T @ design) * (energy / max(n - k, 1)) * (n / effective)
    from scipy.stats import t as student

    quantile = float(student.ppf(0.975, effective - k))
    spread = float(np.sum((y - y.mean()) ** 2))
    return Fit(
        parameters=np.asarray(parameters, dtype=np.float64),
        half_widths=quantile * np.sqrt(np.clip(np.diag(covariance), 0, None)),
        r2=1 - energy / spread if spread > 0 else 0.0,
        rms=float(np.sqrt(energy / n)),
        effective_points=effective,
    )
