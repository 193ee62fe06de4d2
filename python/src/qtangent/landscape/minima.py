"""All minima of a loss, each with a certificate, and whether the list is complete."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._native import arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from ..convergence.words import counted
from ..models import Model
from . import effort
from .chosen import Chosen
from .critical.proof import Proof
from .critical.search import Found, Search
from .polynomial import Polynomial, periods
from .simulated import SimulatedLoss
from .trigonometric import trigonometric

# A minimum is spurious where its loss exceeds the best by more than this share of the loss's range.
SPURIOUS = 1e-9


@dataclass(frozen=True, eq=False)
class Degenerate:
    """A minimum that is not isolated.

    Attributes:
        theta: (p,), one of its points, in radians.
        loss: there.
        dimension: in how many directions the loss is flat to second order.
    """

    theta: Real
    loss: float
    dimension: int


@dataclass(frozen=True, eq=False)
class Minima:
    """The minima of a loss 1/(2m) sum (yhat - y)^2, by increasing loss.

    Attributes:
        theta: (c, p), in [0, period), radians.
        loss: (c,).
        spurious: (c,), whether the loss exceeds the best one found by 1e-9 of the loss's range.
        certified: (c,), whether Kantorovich's theorem proves that an isolated minimum is there, up to rounding.
        hessian_min_eigenvalue: (c,), of the Hessian in theta.
        kantorovich_h: (c,), at most 1/2 where the theorem applies.
        unique_radius_phi: (c,), radians of the angles phi_l = base_l theta_l, within which no other critical point is.
        complete: whether these are proven to be all isolated minima (up to rounding).
        method: how: "separable", "boxes", "search" where nothing was proven, or "simulator": searched on the simulator,
            as the loss has too many coefficients for memory or for a search.
        volume_left: the share of parameter space in which further critical points may lie; 0 where complete, NaN where
            the simulator searched.
        degenerate: minima that are not isolated, one a loss and dimension.
        index_counts: how many critical points have 0, 1, ..., p negative eigenvalues; None unless asked for or found on
            the way.
        euler: sum over k of (-1)^k index_counts[k], 0 for all critical points of a torus; None with `index_counts`.
        upper_bounds: (4 sum D)^p (Bezout) and p! prod 4 D_l (Bernstein, Kushnirenko): no loss of these degrees has more
            isolated critical points.
        period: (p,), radians of theta.
        parameters: the numbers of these parameters in the circuit.
    """

    theta: Real
    loss: Real
    spurious: NDArray[np.bool_]
    certified: NDArray[np.bool_]
    hessian_min_eigenvalue: Real
    kantorovich_h: Real
    unique_radius_phi: Real
    complete: bool
    method: str
    volume_left: float
    degenerate: tuple[Degenerate, ...]
    index_counts: NDArray[np.int64] | None
    upper_bounds: tuple[int, int]
    period: Real
    parameters: tuple[int, ...]
    critical_points: Real | None = field(repr=False)

    @property
    def euler(self) -> int | None:
        """The alternating sum of `index_counts`; 0 for all critical points of a torus, if none is degenerate. None where
        they were not counted."""
        if self.index_counts is None:
            return None
        signs = (-1) ** np.arange(len(self.index_counts))
        return int(np.sum(signs * self.index_counts))

    def __len__(self) -> int:
        return len(self.loss)

    def __repr__(self) -> str:
        spurious = int(np.count_nonzero(self.spurious))
        count = ("" if self.complete else "at least ") + counted(len(self), "minimum", "minima")
        proof = {"separable": "complete: the loss separates", "boxes": "complete: the rest is excluded"}
        told = f"{self.volume_left:.2g} of the space is not excluded"
        if self.complete:
            told = proof[self.method]
        elif self.method == "simulator":
            told = "searched on the simulator, as the loss has too many coefficients"
        return f"<qtangent.landscape.Minima: {count}, {spurious} spurious; {told}>"


def find_minima(
    model: Model,
    y: ArrayLike,
    X: ArrayLike | None = None,
    states: ArrayLike | None = None,
    *,
    starts: int | None = None,
    seed: int = 0,
    parameters: Sequence[int] | None = None,
    theta: ArrayLike | None = None,
    critical_points: bool = False,
    boxes: int = 4_000_000,
    progress: bool = False,
) -> Minima:
    """All minima of the squared loss in one period, with certificates.

    Where the loss is a sum of functions of one parameter each, they follow from roots of polynomials, and the list is
    complete. Otherwise descent from many starts finds them, and boxes that exclude all the rest prove that none is
    missing, where the budget of boxes suffices (derived in docs/landscape.md). Where memory does not hold the loss's
    coefficients, or descent by them would take more than ten minutes and longer than on the simulator, the simulator
    searches; its minima are certified too, and the list is a lower bound.

    Args:
        model: with one observable or several.
        y: labels, (m,) or (m, k).
        X: features (m, f).
        states: (m, 2^n) or (m, 2^n, 2^n).
        starts: random starts; unless given 96 2^p, at most 30,000, and 300 on the simulator.
        seed: of the starts.
        parameters, theta: study only these parameters, the others at theta (p,).
        critical_points: also count maxima and saddles; found anyway where boxes are excluded.
        boxes: the budget; 0 only searches, as the simulator does.
        progress: shows a bar.

    Raises:
        InvalidArgumentError: as `trigonometric`; for labels of another shape.
        OutOfMemoryError: where not even the simulator has the memory, and for more starts than fit.
        Interrupted: after Ctrl-C.
    """
    generator = np.random.default_rng(arrays.seed(seed))
    if starts is not None and arrays.integer("starts", starts) < 1:
        raise InvalidArgumentError(f"starts is {starts}; at least 1 is needed")
    chosen = Chosen.of(model, parameters, theta)
    loss, active = None, [l for l, degree in enumerate(chosen.degrees) if degree > 0]
    first = model.predict(chosen.rest, X, states)
    if chosen.coefficients_fit(first.size):
        full = trigonometric(model, X, states, parameters=parameters, theta=theta).loss_polynomial(y)
        active = active_parameters(full)
        index = tuple(slice(None) if l in active else 0 for l in range(len(chosen.degrees)))
        loss = Polynomial(np.ascontiguousarray(full.coefficients[index]), np.ones(len(active)))
    if loss is not None and not effort.is_simulated(loss, model, len(first), states is not None):
        count = effort.usual_starts(len(active)) if starts is None else starts
        return _result(Proof(loss, generator, count, boxes, progress).run(critical_points), chosen, active)
    simulated = SimulatedLoss(model, y, X, states, chosen.only(active))
    count = effort.SIMULATED_STARTS if starts is None else starts
    return simulated_minima(simulated, chosen, active, generator, count, critical_points, progress)


def simulated_minima(
    loss: SimulatedLoss,
    chosen: Chosen,
    active: list[int],
    generator: np.random.Generator,
    starts: int,
    critical_points: bool,
    progress: bool,
) -> Minima:
    """Those that the simulator's search finds, as `find_minima` gives them; `loss` is that of the active parameters."""
    hunt = Search(loss, len(active), loss.scale, loss.lipschitz, generator, starts, progress)
    return _result(hunt.run(critical_points, "simulator", math.nan), chosen, active)


def active_parameters(loss: Polynomial) -> list[int]:
    """The parameters on which the loss depends.

    Raises:
        InvalidArgumentError: where there are none.
    """
    moduli = np.abs(loss.coefficients)
    moduli[(0,) * moduli.ndim] = 0.0
    total = moduli.sum()
    shares = [float(np.moveaxis(moduli, l, 0)[1:].sum()) for l in range(moduli.ndim)]
    active = [l for l, share in enumerate(shares) if share > 1e-13 * total]
    if not active:
        raise InvalidArgumentError("the loss does not depend on the parameters, so it has no isolated minima")
    return active


def _result(found: Found, chosen: Chosen, active: list[int]) -> Minima:
    degrees, p = chosen.degrees, len(chosen.degrees)
    scale = chosen.base[active]

    def in_theta(phi: Real) -> Real:
        theta = np.zeros((len(phi), p))
        theta[:, active] = np.mod(phi, 2 * np.pi) / scale
        return theta

    proofs = found.certificates
    lowest = np.flatnonzero(proofs.index == 0)
    # Rounding may leave a sum of squares below 0.
    values = np.maximum(found.loss.values(found.points[lowest]), 0.0)
    order = np.lexsort((*np.round(found.points[lowest].T, 6), values))
    lowest, values = lowest[order], values[order]
    hessians = found.loss.hessians(found.points[lowest]) * (scale[:, None] * scale)
    smallest = np.linalg.eigvalsh(hessians)[:, 0].astype(np.float64) if len(lowest) else np.zeros(0)
    levels = [*values, *(level for _, level, _ in found.degenerate)]
    best = min(levels) if levels else math.nan
    flat = p - len(active)
    degenerate = [
        Degenerate(in_theta(phi[None])[0], max(level, 0.0), dimension + flat)
        for phi, level, dimension in sorted(found.degenerate, key=lambda entry: entry[1])
    ]
    if flat:
        # Without some parameters every minimum is a valley along them.
        degenerate += [
            Degenerate(in_theta(found.points[place][None])[0], float(value), flat)
            for place, value in zip(lowest, values, strict=True)
        ]
        lowest, values, smallest = lowest[:0], values[:0], smallest[:0]
    counts = (
        np.bincount(proofs.index, minlength=len(active) + 1) if found.has_all_indices and not flat else None
    )
    total = sum(degrees)
    return Minima(
        theta=in_theta(found.points[lowest]),
        loss=values,
        spurious=values > best + SPURIOUS * found.range,
        certified=proofs.certified[lowest],
        hessian_min_eigenvalue=smallest,
        kantorovich_h=proofs.h[lowest],
        unique_radius_phi=proofs.unique_radius[lowest],
        complete=found.complete and bool(np.all(proofs.certified)),
        method=found.method,
        volume_left=found.volume_left,
        degenerate=tuple(degenerate),
        index_counts=counts,
        upper_bounds=((4 * total) ** p, math.factorial(p) * math.prod(4 * degree for degree in degrees)),
        period=periods(chosen.base, degrees),
        parameters=chosen.numbers,
        critical_points=in_theta(found.points) if found.has_all_indices else None,
    )
