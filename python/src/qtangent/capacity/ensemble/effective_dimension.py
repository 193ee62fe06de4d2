"""How many parameters a model of given size has as far as its data can tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...models import Model
from ...observables import Observable
from ...samples import Samples, samples_for
from .draws import Draws, draw_count
from .intervals import Interval

_LEAST_DATA = 19
"""The first n with n > 2 pi ln n, below which the logarithm that everything is divided by is not positive."""
_CERTAIN = 1e-14
"""An outcome whose probability is 1 within this, so that rounding alone is left of its score."""


@dataclass(frozen=True)
class EffectiveDimension:
    """The number of parameters that count, at a size of the data."""

    value: float
    """d_n. It tends to the largest rank of F for large n, and is far above p near n = 19, where the denominator
    vanishes."""
    interval: Interval
    """95 % over the draws of parameters, by the jackknife. The draw with the largest determinant weighs most, so few draws
    give too small a value too."""
    normalised: float
    """value / p."""
    fisher_trace: float
    """The mean of tr F over parameters, F the mean Fisher information of one sample."""
    outcomes: tuple[str, ...]
    """For each observable what y is taken for: "two" (+-gamma) or "gaussian" (of standard deviation 1)."""
    data_size: int
    draws: int

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"<qtangent.EffectiveDimension: {self.value:.4g} [{low:.4g}, {high:.4g}] at {self.data_size} samples, "
            f"{self.normalised:.3g} of all parameters>"
        )


def effective_dimension(
    model: Model,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    *,
    data_size: int,
    draws: int = 100,
    seed: int = 0,
) -> EffectiveDimension:
    """The effective dimension of a model at n samples,

        d_n = 2 ln(mean_theta sqrt(det(1 + n/(2 pi ln n) Fhat))) / ln(n/(2 pi ln n)),    Fhat = p F / mean_theta tr F,

    F(theta) the Fisher information of p(y|x, theta), averaged over the samples.

    Source: Abbas et al., Nature Computational Science 1, 403 (2021), arXiv 2011.00027, with their gamma = 1.
    An observable with the eigenvalues +-g has two outcomes, p(+-g) = (1 +- yhat/g)/2, and F = J^T J/(g^2 - yhat^2);
    of any other y is taken for a normal variable of standard deviation 1 about yhat, and F = J^T J. Observables of a list
    are taken for measured one by one: their F are added.

    Args:
        model: its circuit has parameters.
        X: features (m, f), or `qt.Samples`, which take the place of X and states: the inputs x, over which F is averaged.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
        data_size: n, at least 19; it need not be m.
        draws: sets of parameters, uniform over whole periods; at least 2.
        seed: of the parameters.

    Raises:
        InvalidArgumentError: for n below 19, fewer than 2 draws, shapes that do not fit, and a model whose predictions
            depend on no parameter.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    count, samples = draw_count(model, "draws", draws), samples_for(model, X, states)
    size, p = arrays.integer("data_size", data_size), model.n_params
    if size < _LEAST_DATA:
        raise InvalidArgumentError(
            f"data_size is {size}; the effective dimension is defined from {_LEAST_DATA} samples on (n > 2 pi ln n)"
        )
    ranges = [_two_outcomes(one, model.scale) for one in model._observables]
    each = 8 * len(samples) * model.n_outputs * max(1, p)
    found = [_spectra(model, theta, samples, ranges) for theta in Draws(model, count, seed).calls(each)]
    spectra = np.concatenate(found)
    traces = spectra.sum(axis=1)
    if not traces.any():
        raise InvalidArgumentError(
            "no prediction depends on a parameter, so the Fisher information is zero and the effective dimension undefined"
        )
    ratio = size / (2 * np.pi * np.log(size))
    value = _dimension(spectra, p, ratio)
    others = [_dimension(np.delete(spectra, s, axis=0), p, ratio) for s in range(count)]
    half = 1.959963984540054 * float(np.sqrt((count - 1) * np.var(others)))
    return EffectiveDimension(
        value, (value - half, value + half), value / p, float(traces.mean()),
        tuple("gaussian" if one is None else "two" for one in ranges), size, count,
    )  # fmt: skip


def _two_outcomes(observable: Observable, scale: float) -> float | None:
    """g where the scaled observable has the eigenvalues +-g, that is where its square is g^2."""
    square = observable @ observable
    n = square.n_qubits
    if square.dense is None:
        level = sum(term.coefficient for term in square.terms if term.pauli == "I" * n)
        rest = max((abs(term.coefficient) for term in square.terms if term.pauli != "I" * n), default=0.0)
    else:
        matrix = square.matrix()
        level = float(np.trace(matrix).real) / len(matrix)
        rest = float(np.abs(matrix - level * np.eye(len(matrix))).max())
    return abs(scale) * float(np.sqrt(level)) if level > 0 and rest <= 1e-12 * level else None


def _spectra(model: Model, theta: Real, samples: Samples, ranges: list[float | None]) -> Real:
    """The eigenvalues of F at each set of parameters, (s, r), r the smaller of m k and p; the others are 0."""
    predictions, jacobian = model._jacobian(theta, samples, None, False, wants_predictions=True)
    assert predictions is not None
    weights = np.ones((*predictions.shape[:2], len(ranges)))
    for k, (reach, values) in enumerate(
        zip(ranges, np.moveaxis(predictions.reshape(weights.shape), 2, 0), strict=True)
    ):
        if reach is not None:
            variance = reach**2 - values**2
            certain = variance <= _CERTAIN * reach**2
            weights[:, :, k] = np.where(certain, 0.0, 1 / np.where(certain, 1.0, variance))
    rows = jacobian.reshape(len(theta), -1, model.n_params)
    rows *= np.sqrt(weights.reshape(len(theta), -1, 1) / len(samples))
    columns = rows.swapaxes(1, 2)
    gram = rows @ columns if rows.shape[1] <= rows.shape[2] else columns @ rows
    spectra: Real = np.maximum(np.linalg.eigvalsh(gram), 0.0)
    return spectra


def _dimension(spectra: Real, p: int, ratio: float) -> float:
    """d_n from the eigenvalues of F (s, r) and n/(2 pi ln n)."""
    from scipy.special import logsumexp

    trace = float(spectra.sum(axis=1).mean())
    scale = ratio * p / trace if trace else 0.0
    halves = 0.5 * np.log1p(scale * spectra).sum(axis=1)
    return 2 * float(logsumexp(halves) - np.log(len(halves))) / float(np.log(ratio))
