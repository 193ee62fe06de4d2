"""The Fisher information of the training data."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _signatures as c
from .. import model_calls
from .._native.arrays import Real
from .._native.inputs import Theta
from ..models import Model, expect_model
from ..samples import Samples, samples_for


def data_fisher_information(
    model: Model, theta: ArrayLike, X: ArrayLike | Samples | None = None, states: ArrayLike | None = None
) -> Real:
    """The quantum Fisher information of the circuit on its training data:

        F_kl = 4 (tr(rho {H_k, H_l})/2 - tr(rho H_k) tr(rho H_l)),  H_k = i U^dagger d_k U,

    with rho the mean of the samples' states. Its rank tells how many directions of parameter space the data can feel;
    once it no longer grows with the number of parameters, the circuit is over-parameterised for these data (Haug, Kim,
    arXiv 2303.13462). For one pure sample it is `Model.fisher_information`.

    Args:
        model: its observable plays no part.
        theta: (p,), or (s, p) for s parameter sets.
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

    Returns:
        (p, p), or (s, p, p).

    Raises:
        InvalidArgumentError: where a feature enters with or after a parameter, since each sample then has a U of its
            own; the gate is named.
        OutOfMemoryError: before anything is allocated.
        Interrupted: after Ctrl-C.
    """
    expect_model(model)
    sets, samples = Theta(theta, model.n_params), samples_for(model, X, states)
    cost = model_calls.admit(model, c.QTG_TASK_FISHER_INFORMATION, sets, samples)
    out = np.empty((*sets.axis, model.n_params, model.n_params))
    model_calls.run(model, cost, "qtg_model_data_fisher_information", sets, samples, then=(out,))
    return out
