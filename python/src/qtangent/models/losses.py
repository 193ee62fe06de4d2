"""The loss of a model on labelled samples, and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _signatures as c
from .. import model_calls
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError, NumericalError
from .._native.inputs import Theta
from ..habits.positional import named_after
from ..model_calls import ModelCalls
from ..samples import Samples, labelled


class Losses(ModelCalls):
    """What a training lowers."""

    @named_after("y", before=2)
    def loss(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        *,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        loss: str = "mse",
        sample_weight: ArrayLike | None = None,
    ) -> Any:
        """The loss at theta.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            y: targets (m,), or (m, k) for a list of k observables; integer labels (m,) for loss="cross_entropy".
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            loss: "mse", 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2, or "cross_entropy", the mean of
                -log softmax(yhat_j)[y_j] over k outputs.
            sample_weight: (m,), at least 0: the loss is the mean weighted by them.

        Returns:
            A float, or (s,) for s parameter sets.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        value, _ = self._loss(theta, y, X, states, loss, sample_weight, wants_gradient=False)
        return value

    @named_after("y", before=2)
    def loss_and_gradient(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        *,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        loss: str = "mse",
        sample_weight: ArrayLike | None = None,
    ) -> tuple[Any, Real]:
        """The loss at theta and its gradient, by one sweep back a sample (adjoint method, docs/maths.md).

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            y: targets (m,), or (m, k) for a list of k observables; integer labels (m,) for loss="cross_entropy".
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            loss: "mse", 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2, or "cross_entropy", the mean of
                -log softmax(yhat_j)[y_j] over k outputs.
            sample_weight: (m,), at least 0: the loss is the mean weighted by them.

        Returns:
            The loss, a float or (s,), and the gradient with respect to theta, (p,) or (s, p).

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        value, gradient = self._loss(theta, y, X, states, loss, sample_weight, wants_gradient=True)
        assert gradient is not None
        return value, gradient

    def _loss(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        X: ArrayLike | Samples | None,
        states: ArrayLike | None,
        loss: str,
        sample_weight: ArrayLike | None,
        wants_gradient: bool,
    ) -> tuple[Any, Real | None]:
        sets = Theta(theta, self._n_params)
        samples, targets = labelled(self, y, X, states, loss, sample_weight)
        cost = model_calls.admit(self, c.QTG_TASK_GRADIENT, sets, samples)
        value = np.empty(sets.axis)
        gradient = np.empty((*sets.axis, self._n_params)) if wants_gradient else None
        try:
            model_calls.run(
                self,
                cost,
                "qtg_model_loss_gradient",
                sets,
                samples,
                targets.reference,
                then=(value, gradient),
            )
        except InvalidArgumentError:
            targets.name_infinite()
            raise
        except NumericalError:
            targets.expect_squares()
            raise
        return float(value) if sets.single else value, gradient
