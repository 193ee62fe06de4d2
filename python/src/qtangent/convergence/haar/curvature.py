"""The softest direction of a prediction, along which gradient flow arrives at an extremum."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..._native.errors import InvalidArgumentError
from ...models import Model, expect_model
from ...samples import Samples
from ..bounds.overlaps import spectrum

_ROUNDING = 1e-9


def softest_curvature(
    model: Model,
    theta: ArrayLike,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
) -> float:
    """The smallest non-zero |eigenvalue| of the Hessian of a prediction: |lambda| = |mu|/K at the end of training.

    At an extremum of the prediction the Hessian has the rank min(p, 2 (d - g)), g the multiplicity of the extreme level,
    and gradient flow arrives along its softest direction. The limit's lambda, Zsum times the gap, is that of p far above
    2 (d - g). Derived in docs/maths.md.

    Args:
        model: of one output.
        theta: parameters (p,), near an extremum of the prediction.
        X: features (1, f), or `qt.Samples` of one sample.
        states: input state (1, 2^n), or density matrix (1, 2^n, 2^n); |0...0> without.

    Raises:
        InvalidArgumentError: for several outputs or samples, or a spectrum that is not computed.
    """
    expect_model(model)
    observable = model.observable
    if isinstance(observable, list):
        raise InvalidArgumentError(f"the model has {len(observable)} outputs; the curvature is that of one")
    levels = spectrum(observable, model.scale)
    if isinstance(levels, str):
        raise InvalidArgumentError(levels)
    hessian = np.asarray(model.hessian(theta, X, states=states))
    if hessian.ndim != 3 or len(hessian) != 1:
        raise InvalidArgumentError(
            f"the Hessian has shape {hessian.shape}; pass one sample and one parameter set"
        )
    prediction = float(np.asarray(model.predict(theta, X, states=states))[0])
    low, high = levels.min(), levels.max()
    extreme = high if high - prediction < prediction - low else low
    same = int(np.sum(abs(levels - extreme) <= _ROUNDING * max(high - low, abs(extreme))))
    rank = min(hessian.shape[1], 2 * (len(levels) - same))
    largest_first = np.sort(abs(np.linalg.eigvalsh(hessian[0])))[::-1][:rank]
    curved = largest_first[largest_first > _ROUNDING * largest_first[:1]]
    return float(curved[-1]) if curved.size else 0.0
