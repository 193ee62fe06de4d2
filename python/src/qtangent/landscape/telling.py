"""What was found about a landscape, in sentences."""

from __future__ import annotations

import numpy as np

from ..convergence.words import counted, number, percent
from .basins import Basins
from .minima import Minima
from .success import SuccessRate

_ROUNDING = 1e-12


def verdict(minima: Minima, rate: SuccessRate | None, trained_by: str) -> str:
    """How many minima, how many of them spurious, and how often training ends well."""
    count, spurious = len(minima), int(np.count_nonzero(minima.spurious))
    if not count:
        text = "No isolated minimum: the lowest losses lie along flat directions"
    else:
        bound = "" if minima.complete else "at least "
        text = f"{bound}{counted(count, 'minimum', 'minima')}, "
        text += "none of them spurious" if not spurious else f"{spurious} of them spurious"
        text = text[0].upper() + text[1:]
        text += "; the list is complete" if minima.complete else "; a lower bound, more may exist"
    if rate is None:
        return f"{text}."
    low, high = rate.interval
    return (
        f"{text}. {trained_by} from {len(rate.final_loss)} random starts ends well in {percent(rate.rate)} "
        f"({percent(low)} to {percent(high)})."
    )


def findings(minima: Minima, basins: Basins | None) -> list[str]:
    """Certificates, completeness, levels and basins, one sentence each."""
    found = [_levels(minima), _certificates(minima), _completeness(minima)]
    found += [
        f"A minimum of loss {number(valley.loss)} is not isolated: the loss is flat to second order in "
        f"{counted(valley.dimension, 'direction')} there, so no certificate is possible."
        for valley in minima.degenerate[:4]
    ]
    if minima.index_counts is not None:
        indices = ", ".join(str(one) for one in minima.index_counts)
        euler = "as they must" if minima.euler == 0 else "0 if none is missing or degenerate"
        found.append(
            f"Critical points with 0, 1, 2, ... directions of descent: {indices}; they alternate to {minima.euler}, {euler} "
            "on a torus."
        )
    bezout, polytope = minima.upper_bounds
    found.append(
        f"No loss of these degrees has more than {number(float(min(bezout, polytope)))} isolated critical points."
    )
    if basins is not None and basins.elsewhere:
        found.append(
            f"{percent(basins.elsewhere / basins.starts)} of the trainings ended at none of the listed minima: on their way "
            "still, or in one that is not listed."
        )
    return [sentence for sentence in found if sentence]


def losses(minima: Minima) -> list[str]:
    """The losses in words; what is rounding beside the largest one is 0."""
    zero = _ROUNDING * float(np.abs(minima.loss).max(initial=0))
    return [number(float(loss)) if abs(loss) > zero else "0" for loss in minima.loss]


def _levels(minima: Minima) -> str:
    if not len(minima):
        return ""
    best, *others = losses(minima)
    if not minima.spurious.any():
        return f"{'Its' if len(minima) == 1 else 'Their'} loss is {best}."
    wrong = [one for one, spurious in zip([best, *others], minima.spurious, strict=True) if spurious]
    between = wrong[0] if wrong[0] == wrong[-1] else f"between {wrong[0]} and {wrong[-1]}"
    return f"The best loss is {best}; that of the spurious minima is {between}."


def _certificates(minima: Minima) -> str:
    count, certified = len(minima), int(np.count_nonzero(minima.certified))
    if not count:
        return ""
    who = "Every minimum is" if certified == count else f"{certified} of {count} minima are"
    if not certified:
        return (
            "Kantorovich's theorem certifies none of the minima: their curvature is too small for its bound."
        )
    radius = float(minima.unique_radius_phi[minima.certified].min())
    return (
        f"{who} certified by Kantorovich's theorem: a true minimum lies at each listed point up to rounding, and no other "
        f"critical point within {number(radius)} radians of it."
    )


def _completeness(minima: Minima) -> str:
    if minima.complete and minima.method == "separable":
        return (
            "The list is complete: the loss is a sum of functions of one parameter each, whose critical points are roots of "
            "polynomials."
        )
    if minima.complete:
        return (
            "The list is complete: boxes over all of parameter space exclude every further critical point (rounding is not "
            "tracked)."
        )
    if len(minima) and 0 < minima.volume_left < 1:
        return (
            f"That the list is complete is not proven: the time allowed left {percent(minima.volume_left)} of parameter "
            "space in which further critical points may lie. The number of minima is a lower bound."
        )
    return "That the list is complete is not proven: the minima were found by search alone. Their number is a lower bound."
