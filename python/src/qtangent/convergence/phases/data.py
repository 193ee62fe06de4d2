"""The phase that data and measurement decide before any training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays as _arrays
from ..._native.arrays import Complex, Real
from ..._native.errors import InvalidArgumentError
from ..bounds.floor import floor_within
from ..haar.moments import states_of
from ..words import number
from .facets import active_facets, nearest_facets
from .reach import Reach

FROZEN_KERNEL, CRITICAL, FROZEN_ERROR = "frozen kernel", "critical", "frozen error"

_ORTHONORMAL = 1e-10
_CLOSE = 1e-12
_STARTS = 8
_PRODUCTS = 5e8  # of all descents together, about a second
_EVALUATIONS = 30
_FEWEST_STARTS = 4
_EXACT, _FOUND = 1e-9, 1e-6
"""Of the spectrum's width: labels are exact, the nearest point is as near as its search ends."""
_SAME = 0.03
"""Of a unit vector: a descent to within 1e-6 of the minimum is so far from where it is reached."""
_MOST_AT_CORNERS = 16


@dataclass(frozen=True, eq=False)
class Mode:
    """One direction of the residuals: a sample of its own, or a combination of samples."""

    kind: str
    """"frozen kernel", "critical" or "frozen error"."""
    direction: Real | None
    """Unit vector (m,) along which this mode's residual points; None for the modes that are left, together."""
    gap: float | None
    """Delta of its late laws, None where it is not known."""
    count: int = 1


@dataclass(frozen=True)
class Nearest:
    """The point of the attainable set's hull that is nearest to the labels."""

    point: Real
    distance: float
    """Of the best bound: the labels are at least so far away, whatever rounding or an early stop do to `point`."""

    @classmethod
    def of(cls, states: Complex, labels: Real, levels: Real) -> Nearest:
        """By the search that bounds the loss."""
        floor = floor_within(_CLOSE, states, labels, levels)
        return cls(floor.predictions, float(np.sqrt(2 * len(labels) * floor.collective)))


@dataclass(frozen=True, eq=False)
class Phase:
    """What becomes of kernel and error in the over-parameterised limit, decided by labels and spectrum."""

    kind: str
    """"frozen error" if any mode is, else "critical" if any is, else "frozen kernel"."""
    modes: tuple[Mode, ...]
    """One for each edge through `nearest`, and the others together. Of samples that are not orthonormal the residual points
    along the first; the other edges that meet there are sought for up to 16 samples."""
    margin: float
    """min over unit w of h(w) - w.y: how far the labels are inside what the measurement can attain, negative outside.

    Exact outside, and for one sample. Inside, samples that are not orthonormal have the least that descents from many
    directions find, since the minimum is not one of a convex problem. Of orthonormal samples only facets count, so
    that outside of several the margin is that of the furthest one and `distance` is larger."""
    distance: float
    """Of the labels from the nearest attainable predictions, certified from below."""
    loss_floor: float
    """distance^2/(2m): no circuit's loss is lower."""
    nearest: Real
    """Nearest attainable predictions (m,); at most in their hull for more than two samples that are not orthonormal."""
    normals: Real
    """Unit normals of the edge at `nearest`, (n, m), along which K w = 0."""
    gap: float | None
    """Delta at the edge that decides: to the next level for one pure sample, over sqrt(k) for a facet of k orthonormal ones,
    else the least (l_i - l_j)(e_i - e_j) over levels l and eigenvalues e of sum_j w_j rho_j, w the normal; None where no
    circuit moves the predictions along it."""
    crossover_time: float | None
    """1/(2 Delta |margin|) in normalised time: before it labels near the edge look critical; None where the gap is None, and
    on the edge."""
    explanation: str

    def __str__(self) -> str:
        return self.explanation


def phase(
    spectrum: ArrayLike, y: ArrayLike, states: ArrayLike, horizon: float | None = None, noise: float = 0.0
) -> Phase:
    """The phase of training in the over-parameterised limit, from labels, states and spectrum alone.

    Inside what the measurement can attain the kernel freezes and the error falls exponentially; outside the error
    freezes and the kernel vanishes; at the edge both fall as 1/t. Several samples may mix: each edge that the nearest
    attainable predictions touch has a mode of its own. After Zhang et al., Nature Communications 2024 (arXiv 2311.18144)
    and npj Quantum Information 2025 (arXiv 2410.01955); margins and facets are derived in docs/maths.md.

    Args:
        spectrum: all eigenvalues of the scaled observable with multiplicities, (d,).
        y: labels (m,).
        states: (m, d) pure or (m, d, d) mixed, as they enter the trainable part.
        horizon: normalised time of the training in mind; the explanation then says whether it can tell.
        noise: standard deviation of labels or predictions; margins within two of them are critical.

    Raises:
        InvalidArgumentError: for shapes that disagree, states that are not normalised, a horizon that is not positive,
            negative noise.
    """
    levels = _arrays.real("spectrum", spectrum)
    if levels.ndim != 1 or levels.size < 2:
        raise InvalidArgumentError(f"spectrum has shape {levels.shape}; (d,), d at least 2, is expected")
    _arrays.finite("spectrum", levels)
    given = states_of(states, len(levels))
    labels = _arrays.real("y", y)
    _arrays.expect_shape("y", labels, (len(given),), "(m,), one a state")
    _arrays.finite("y", labels)
    if horizon is not None and _arrays.number("horizon", horizon) <= 0:
        raise InvalidArgumentError(f"horizon is {horizon}; give a positive normalised time")
    if _arrays.number("noise", noise) < 0:
        raise InvalidArgumentError(f"noise is {noise}; a standard deviation is not negative")
    tolerance = max(1e-9 * float(levels.max() - levels.min()), 2 * noise)
    reach = Reach(levels, given)
    near = Nearest.of(given, labels, levels)
    if _is_orthonormal(given):
        margin, modes, gap = _orthonormal(levels, labels, near, tolerance)
    else:
        margin, modes, gap = _general(reach, labels, near, tolerance)
    kinds = {mode.kind for mode in modes}
    kind = next(one for one in (FROZEN_ERROR, CRITICAL, FROZEN_KERNEL) if one in kinds)
    crossover = None if gap is None or abs(margin) <= tolerance else 1 / (2 * gap * abs(margin))
    normals = [mode.direction for mode in modes if mode.direction is not None and mode.kind != FROZEN_KERNEL]
    return Phase(
        kind=kind,
        modes=tuple(modes),
        margin=margin,
        distance=near.distance,
        loss_floor=near.distance**2 / (2 * len(labels)),
        nearest=near.point,
        normals=np.array(normals).reshape(-1, len(labels)),
        gap=gap,
        crossover_time=crossover,
        explanation=_explain(kind, modes, margin, near, labels, reach, crossover, horizon),
    )


def _is_orthonormal(states: Complex) -> bool:
    if states.ndim == 3:
        return False
    return bool(abs(states.conj() @ states.T - np.eye(len(states))).max() < _ORTHONORMAL)


def _orthonormal(
    levels: Real, y: Real, near: Nearest, tolerance: float
) -> tuple[float, list[Mode], float | None]:
    closest = min(nearest_facets(levels, y), key=lambda facet: facet.margin(y))
    edges = active_facets(levels, near.point, tolerance)
    residual = near.point - y
    modes = [
        Mode(FROZEN_ERROR if abs(edge.normal @ residual) > tolerance else CRITICAL, edge.normal, edge.gap)
        for edge in edges
    ]
    return closest.margin(y), _filled(modes, len(y)), closest.gap


def _general(
    reach: Reach, y: Real, near: Nearest, tolerance: float
) -> tuple[float, list[Mode], float | None]:
    if near.distance > tolerance:
        outwards = (y - near.point) / np.linalg.norm(y - near.point)
        gap = reach.gap(outwards)
        modes = [Mode(FROZEN_ERROR, outwards, gap), *_other_edges(reach, near.point, outwards)]
        return -near.distance, _filled(modes, len(y)), gap
    margin, nearest = _margin_inside(reach, y, _EXACT)
    normals = _independent(nearest) if margin <= tolerance else []
    modes = [Mode(CRITICAL, normal, reach.gap(normal)) for normal in normals]
    return margin, _filled(modes, len(y)), reach.gap(nearest[0])


def _other_edges(reach: Reach, point: Real, outwards: Real) -> list[Mode]:
    """Of the other edges that meet at a corner: those that the residual is orthogonal to, and those that it crosses."""
    if not 1 < reach.m <= _MOST_AT_CORNERS:
        return []
    without = np.linalg.qr(np.column_stack([outwards, np.eye(reach.m)]))[0][:, 1:]
    lowest, flat = _margin_inside(reach, point, _FOUND, without)
    if lowest > _FOUND * float(reach.levels[0] - reach.levels[-1]):
        flat = []
    flat = _independent(flat)
    # Every normal of the set at this point has K w = 0.
    edges = _independent([outwards, *flat, *_margin_inside(reach, point, _FOUND)[1]])[1:]
    kinds = [CRITICAL] * len(flat) + [FROZEN_ERROR] * (len(edges) - len(flat))
    return [Mode(kind, edge, reach.gap(edge)) for kind, edge in zip(kinds, edges, strict=True)]


def _margin_inside(
    reach: Reach, y: Real, within: float, basis: Real | None = None
) -> tuple[float, list[Real]]:
    """min over unit w of h(w) - w.y, and the w that reach it within a share of the spectrum's width: by descents from the
    axes and random directions, all of them, or where that takes too long the lowest. With a basis (m, k) over its span."""
    import scipy.optimize

    def objective(v: Real) -> tuple[float, Real]:
        norm = float(np.linalg.norm(v))
        u = v / norm
        w = u if basis is None else basis @ u
        height, point = reach.support(w)
        value = height - float(w @ y)
        slope = point - y if basis is None else (point - y) @ basis
        return value, (slope - (slope @ u) * u) / norm

    m = reach.m if basis is None else basis.shape[1]
    starts = [*np.eye(m), *-np.eye(m)]
    affordable = max(_FEWEST_STARTS, int(_PRODUCTS / (_EVALUATIONS * reach.products)))
    if m > 1:
        drawn = min(_STARTS * m, max(0, affordable - len(starts)))
        starts += list(np.random.default_rng(0).normal(size=(drawn, m)))
    if len(starts) > affordable:
        starts = sorted(starts, key=lambda start: objective(start)[0])[:affordable]
    ends = [scipy.optimize.minimize(objective, start, jac=True, method="L-BFGS-B") for start in starts]
    values = np.array([end.fun for end in ends])
    lowest = float(values.min())
    scale = float(reach.levels[0] - reach.levels[-1])
    best = [end.x / np.linalg.norm(end.x) for end in ends if end.fun <= lowest + within * scale]
    return lowest, best if basis is None else [basis @ one for one in best]


def _independent(normals: list[Real]) -> list[Real]:
    kept: list[Real] = []
    for normal in normals:
        if np.linalg.matrix_rank(np.array([*kept, normal]), tol=_SAME) > len(kept):
            kept.append(normal)
    return kept


def _filled(modes: list[Mode], m: int) -> list[Mode]:
    """The modes that touch no edge keep their kernel."""
    left = m - len(modes)
    return [*modes, Mode(FROZEN_KERNEL, None, None, left)] if left else modes


def _explain(
    kind: str,
    modes: list[Mode],
    margin: float,
    near: Nearest,
    y: Real,
    reach: Reach,
    crossover: float | None,
    horizon: float | None,
) -> str:
    what = {
        FROZEN_KERNEL: f"The labels lie {number(margin)} inside what the measurement can attain: the kernel freezes and "
        "the error falls exponentially",
        CRITICAL: "The labels lie on the edge of what the measurement can attain: kernel and error fall as 1/t",
        FROZEN_ERROR: f"The labels lie {number(near.distance)} outside what the measurement can attain: the error freezes "
        "and the kernel vanishes",
    }[kind]
    if kind == FROZEN_ERROR:
        # The distance under s times the scale is at least w.y - s h(w), and nothing less for s just above 1.
        outwards = (y - near.point) / np.linalg.norm(y - near.point)
        larger = "a" if reach.support(outwards)[0] > _CLOSE * abs(reach.levels).max() else "no"
        what += f"; {larger} larger scale of the measurement brings them nearer"
    elif kind == CRITICAL and all(_is_fixed(reach, mode) for mode in modes if mode.kind == CRITICAL):
        what = (
            "Some combinations of the predictions are the same for every circuit, and the labels agree with them: these "
            "have neither error nor kernel"
        )
    counts = {
        one: sum(mode.count for mode in modes if mode.kind == one)
        for one in (FROZEN_ERROR, CRITICAL, FROZEN_KERNEL)
    }
    present = [f"{count} {one}" for one, count in counts.items() if count]
    mixed = f" ({', '.join(present)})" if len(present) > 1 else ""
    doubt = ""
    if horizon is not None and crossover is not None and horizon / crossover < 1.5:
        doubt = (
            f"; training looks critical until t = {number(crossover)}, and the horizon is {number(horizon)}"
        )
    return f"{what}{mixed}{doubt}."


def _is_fixed(reach: Reach, mode: Mode) -> bool:
    """Whether every circuit predicts the same along the mode."""
    w = mode.direction
    return (
        w is not None and reach.support(w)[0] + reach.support(-w)[0] <= _ORTHONORMAL * abs(reach.levels).max()
    )
