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
from ..models import Model
from . import bounds, search, separable
from .certificates import Certificates, certify
from .exclusion import exclude
from .polynomial import Polynomial, periods
from .progress import bar
from .trigonometric import trigonometric

# A minimum is spurious where its loss exceeds the best by more than this share of the loss's range.
SPURIOUS = 1e-9
# Of the loss's range: a gradient below counts as zero, an eigenvalue below as a flat direction.
_ZERO_GRADIENT = 1e-9
_FLAT = 1e-9
_STARTS_EACH = 96
_MOST_STARTS = 30_000
_MOST_SEPARABLE = 1 << 20


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
        method: how: "separable", "boxes", or "search" where nothing was proven.
        volume_left: the share of parameter space in which further critical points may lie; 0 where complete.
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
        count = f"{len(self)} minima" if self.complete else f"at least {len(self)} minima"
        proof = {"separable": "complete: the loss separates", "boxes": "complete: the rest is excluded"}
        told = proof[self.method] if self.complete else f"{self.volume_left:.2g} of the space is not excluded"
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
    missing, where the budget of boxes suffices (derived in docs/landscape.md).

    Args:
        model: with one observable or several.
        y: labels, (m,) or (m, k).
        X: features (m, f).
        states: (m, 2^n) or (m, 2^n, 2^n).
        starts: random starts; 96 2^p unless given, at most 30,000.
        seed: of the starts.
        parameters, theta: study only these parameters, the others at theta (p,).
        critical_points: also count maxima and saddles; found anyway where boxes are excluded.
        boxes: the budget; 0 only searches.
        progress: shows a bar.

    Raises:
        InvalidArgumentError: as `trigonometric`; for labels of another shape.
        OutOfMemoryError: for more coefficients than memory holds; says how many parameters fit.
        Interrupted: after Ctrl-C.
    """
    generator = np.random.default_rng(arrays.seed(seed))
    coefficients = trigonometric(model, X, states, parameters=parameters, theta=theta)
    full = coefficients.loss_polynomial(y)
    p = len(coefficients.degrees)
    active = _active(full)
    index = tuple(slice(None) if l in active else 0 for l in range(p))
    loss = Polynomial(np.ascontiguousarray(full.coefficients[index]), np.ones(len(active)))
    found = _Search(loss, generator, starts, critical_points, boxes, progress).run()
    return _result(found, coefficients.base, coefficients.degrees, coefficients.parameters, active)


def _active(loss: Polynomial) -> list[int]:
    """The parameters on which the loss depends."""
    moduli = np.abs(loss.coefficients)
    moduli[(0,) * moduli.ndim] = 0.0
    total = moduli.sum()
    shares = [float(np.moveaxis(moduli, l, 0)[1:].sum()) for l in range(moduli.ndim)]
    active = [l for l, share in enumerate(shares) if share > 1e-13 * max(total, 1e-300)]
    if total <= 1e-14 * abs(float(loss.coefficients[(0,) * moduli.ndim])) or not active:
        raise InvalidArgumentError("the loss does not depend on the parameters, so it has no isolated minima")
    return active


@dataclass
class _Found:
    """Critical points in phi of the active parameters."""

    loss: Polynomial
    points: Real
    certificates: Certificates
    range: float
    method: str
    complete: bool
    volume_left: float
    has_all_indices: bool
    degenerate: list[tuple[Real, float, int]]


class _Search:
    def __init__(
        self,
        loss: Polynomial,
        generator: np.random.Generator,
        starts: int | None,
        critical_points: bool,
        boxes: int,
        progress: bool,
    ) -> None:
        self.loss, self.generator = loss, generator
        self.p = loss.coefficients.ndim
        self.count = min(_MOST_STARTS, _STARTS_EACH * 2**self.p) if starts is None else starts
        if self.count < 1:
            raise InvalidArgumentError(f"starts is {starts}; at least 1 is needed")
        self.critical_points, self.boxes, self.progress = critical_points, boxes, progress
        self.scale = bounds.scale(loss)
        self.lipschitz = bounds.hessian_lipschitz(loss)

    def run(self) -> _Found:
        if separable.is_separable(self.loss):
            found = self._separable()
            if found is not None:
                return found
        starts = self.generator.uniform(0, 2 * np.pi, (self.count, self.p))
        values = self.loss.values(starts)
        with bar(self.progress, self.count, "descending") as tick:
            ends = search.minima(self.loss, starts, self.scale, tick)
        points, degenerate = self._sorted_out(ends)
        reach = float(values.max() - min(values.min(), self.loss.values(ends).min()))
        if not (self.critical_points or self.boxes):
            return self._found(points, reach, "search", False, 1.0, False, degenerate)
        others = self.generator.uniform(0, 2 * np.pi, (self.count, self.p))
        points = self._merged(points, search.critical_points(self.loss, others, self.scale))
        volume, complete = 1.0, False
        if self.boxes and not degenerate:
            points, complete, volume = self._excluded(points)
        method = "boxes" if complete else "search"
        return self._found(points, reach, method, complete, volume, True, degenerate)

    def _separable(self) -> _Found | None:
        counts = [len(separable.critical_angles(separable.factor(self.loss, l))) for l in range(self.p)]
        if 0 in counts or math.prod(counts) > _MOST_SEPARABLE:
            return None
        points, _ = separable.critical_points(self.loss)
        values = self.loss.values(points)
        if not np.all(certify(self.loss, points, self.lipschitz).certified):
            return None
        reach = float(values.max() - values.min())
        return self._found(points, reach, "separable", True, 0.0, True, [])

    def _excluded(self, points: Real) -> tuple[Real, bool, float]:
        """Excludes boxes; what is left of them gives further starts, as long as that finds new points."""
        volume = 1.0
        for _ in range(4):
            proofs = certify(self.loss, points, self.lipschitz)
            known = proofs.certified
            with bar(self.progress, self.boxes, "excluding boxes") as tick:
                left = exclude(self.loss, points[known], proofs.unique_radius[known], self.boxes, tick)
            volume = left.volume_left
            if left.complete:
                return points, True, 0.0
            more = left.centres[: self.count]
            merged = self._merged(points, search.critical_points(self.loss, more, self.scale))
            if len(merged) == len(points):
                break
            points = merged
        return points, False, volume

    def _zeros(self, ends: Real) -> Real:
        gradients = np.linalg.norm(self.loss.gradients(ends), axis=1)
        zeros: Real = ends[gradients <= _ZERO_GRADIENT * self.scale]
        return zeros

    def _sorted_out(self, ends: Real) -> tuple[Real, list[tuple[Real, float, int]]]:
        """Isolated minima, and one representative for each loss and dimension of the others."""
        ends = self._zeros(ends)
        if not len(ends):
            return ends, []
        eigenvalues = np.linalg.eigvalsh(self.loss.hessians(ends))
        flat = np.abs(eigenvalues) <= _FLAT * self.scale
        # Steps stop in a flat valley before its bottom is reached to the last digit.
        lowest = eigenvalues.min(axis=1) >= -_FLAT * self.scale
        values = self.loss.values(ends)
        degenerate: list[tuple[Real, float, int]] = []
        for place in np.flatnonzero(lowest & flat.any(axis=1)):
            dimension = int(np.count_nonzero(flat[place]))
            level = float(values[place])
            if not any(
                known == dimension and abs(level - other) <= 1e-8 * self.scale
                for _, other, known in degenerate
            ):
                degenerate.append((ends[place], level, dimension))
        isolated = ends[~flat.any(axis=1) & (eigenvalues[:, 0] > 0)]
        return isolated[search.distinct(isolated, self.loss.values(isolated))], degenerate

    def _merged(self, points: Real, more: Real) -> Real:
        more = self._zeros(more)
        eigenvalues = np.linalg.eigvalsh(self.loss.hessians(more)) if len(more) else np.zeros((0, self.p))
        more = more[np.all(np.abs(eigenvalues) > _FLAT * self.scale, axis=1)]
        everything = np.concatenate([points, more])
        merged: Real = everything[search.distinct(everything, self.loss.values(everything))]
        return merged

    def _found(
        self,
        points: Real,
        reach: float,
        method: str,
        complete: bool,
        volume: float,
        has_all_indices: bool,
        degenerate: list[tuple[Real, float, int]],
    ) -> _Found:
        proofs = certify(self.loss, points, self.lipschitz)
        return _Found(self.loss, points, proofs, reach, method, complete, volume, has_all_indices, degenerate)


def _result(
    found: _Found, base: Real, degrees: tuple[int, ...], parameters: tuple[int, ...], active: list[int]
) -> Minima:
    p = len(degrees)
    scale = base[active]

    def in_theta(phi: Real) -> Real:
        theta = np.zeros((len(phi), p))
        theta[:, active] = np.mod(phi, 2 * np.pi) / scale
        return theta

    proofs = found.certificates
    lowest = np.flatnonzero(proofs.index == 0)
    values = found.loss.values(found.points[lowest])
    order = np.lexsort((*np.round(found.points[lowest].T, 6), values))
    lowest, values = lowest[order], values[order]
    hessians = found.loss.hessians(found.points[lowest]) * (scale[:, None] * scale)
    smallest = np.linalg.eigvalsh(hessians)[:, 0].astype(np.float64) if len(lowest) else np.zeros(0)
    levels = [*values, *(level for _, level, _ in found.degenerate)]
    best = min(levels) if levels else math.nan
    flat = p - len(active)
    degenerate = [
        Degenerate(in_theta(phi[None])[0], level, dimension + flat)
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
        period=periods(base, degrees),
        parameters=parameters,
        critical_points=in_theta(found.points) if found.has_all_indices else None,
    )
