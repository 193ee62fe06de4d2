"""What a model computes of second order: Hessians of predictions and losses, and the change of gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _native, model_calls
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .._native.inputs import Targets, Theta, Weights
from ..model_calls import ModelCalls
from ..samples import Samples, samples_for


class SecondDerivatives(ModelCalls):
    """The second derivatives of a model, exact: forward mode over the adjoint sweep, derived in docs/maths.md, "Second
    derivatives". They are computed in double precision, whatever the model's."""

    def hessian_product(
        self,
        theta: ArrayLike,
        direction: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
    ) -> Real:
        """The Hessian of every prediction times a direction, sum_l (d^2 yhat_j / d theta_k d theta_l) direction_l.

        The Hessian is never formed: for one output this takes a small multiple of the time of a gradient. Derived in
        docs/maths.md, "Second derivatives".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            direction: (p,), or (s, p) for one each.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

        Returns:
            (m, p), or (m, k, p) for a list of observables, in units of the prediction over those of theta squared
            times those of the direction; s comes first for s parameter sets.

        Raises:
            InvalidArgumentError: for shapes that do not fit and numbers that are not finite.
            OutOfMemoryError: before anything is allocated.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        along = _direction(direction, sets)
        cost = model_calls.admit(self, c.QTG_TASK_HESSIAN_PRODUCT, sets, samples)
        out = np.empty((*sets.axis, len(samples), *self._outputs, self._n_params))
        model_calls.run(self, cost, "qtg_model_hessian_product", sets, samples, along, then=(out,))
        return out

    def hessian(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
    ) -> Real:
        """d^2 yhat_j / d theta_k d theta_l of every prediction.

        A quarter of p sweeps for each output, four directions in each. Derived in docs/maths.md, "Second derivatives".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

        Returns:
            (m, p, p), or (m, k, p, p) for a list of observables, symmetric to within rounding, in units of the
            prediction over those of theta squared; s comes first for s parameter sets.

        Raises:
            InvalidArgumentError: for shapes that do not fit and numbers that are not finite.
            OutOfMemoryError: before anything is allocated.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        cost = model_calls.admit(self, c.QTG_TASK_HESSIAN, sets, samples)
        shape = (*sets.axis, len(samples), *self._outputs, self._n_params, self._n_params)
        out = _native.result("the Hessians", shape, len(sets.axis), "samples")
        model_calls.run(self, cost, "qtg_model_hessian", sets, samples, then=(out,))
        return out

    def loss_hessian_product(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        direction: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        loss: str = "mse",
    ) -> Real:
        """The Hessian of the loss times a direction, for the losses of `Model.loss`.

        The Hessian is never formed: this takes a small multiple of the time of `loss_and_gradient`. Derived in
        docs/maths.md, "Second derivatives".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            y: targets (m,) or (m, k); for "cross_entropy" integer labels (m,).
            direction: (p,), or (s, p) for one each.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            loss: "mse", 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2, or "cross_entropy", the mean of
                -log softmax(yhat_j)[y_j].

        Returns:
            (p,), or (s, p), in units of the loss over those of theta squared times those of the direction.

        Raises:
            InvalidArgumentError: for shapes that do not fit, labels out of range and numbers that are not finite.
            OutOfMemoryError: before anything is allocated.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        targets = Targets(self, y, len(samples), loss)
        along = _direction(direction, sets)
        cost = model_calls.admit(self, c.QTG_TASK_LOSS_HESSIAN_PRODUCT, sets, samples)
        out = np.empty((*sets.axis, self._n_params))
        arguments = (targets.reference, along)
        model_calls.run(self, cost, "qtg_model_loss_hessian_product", sets, samples, *arguments, then=(out,))
        return out

    def loss_hessian(
        self,
        theta: ArrayLike,
        y: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        loss: str = "mse",
    ) -> Real:
        """The Hessian of the loss, for the losses of `Model.loss`; for "mse" (1/m) sum_j (J_j^T J_j + sum_a r_ja H_ja)
        with the residuals r = yhat - y.

        Derived in docs/maths.md, "Second derivatives".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            y: targets (m,) or (m, k); for "cross_entropy" integer labels (m,).
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.
            loss: "mse" or "cross_entropy".

        Returns:
            (p, p), or (s, p, p), symmetric to within rounding, in units of the loss over those of theta squared.

        Raises:
            InvalidArgumentError: for shapes that do not fit, labels out of range and numbers that are not finite.
            OutOfMemoryError: before anything is allocated.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        targets = Targets(self, y, len(samples), loss)
        cost = model_calls.admit(self, c.QTG_TASK_LOSS_HESSIAN, sets, samples)
        out = np.empty((*sets.axis, self._n_params, self._n_params))
        model_calls.run(self, cost, "qtg_model_loss_hessian", sets, samples, targets.reference, then=(out,))
        return out

    def vjp_product(
        self,
        theta: ArrayLike,
        weights: ArrayLike,
        direction: ArrayLike | None,
        X_direction: ArrayLike | None = None,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
    ) -> tuple[Real, Real | None]:
        """How both gradients of sum_ja weights_ja yhat_ja, those in theta and in X, change along a direction in theta and
        X together, at weights that stay: its Hessian in (theta, X) times the direction. A second backward pass needs it.

        Derived in docs/maths.md, "Second derivatives".

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            weights: (m, k) for a list of k observables, (m,) or (m, 1) for one; for s parameter sets the same for
                all, or (s, m, k), for one observable (s, m) too.
            direction: in theta, (p,), or (s, p) for one each; None where theta stays.
            X_direction: in the features, (m, f), or (s, m, f) for one each; None where they stay.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

        Returns:
            The change of the gradient in theta, (p,) or (s, p), summed over samples; and that of the gradient in X,
            (m, f) or (s, m, f), None for a circuit without features. Units are those of weights times predictions,
            over those of the variable, over those of the variables of the direction times its own.

        Raises:
            InvalidArgumentError: for shapes that do not fit, numbers that are not finite, and no direction at all.
            OutOfMemoryError: before anything is allocated.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        m = len(samples)
        if direction is None and X_direction is None:
            raise InvalidArgumentError("there is no direction; give one in theta, in X, or in both")
        if X_direction is not None and self._n_features == 0:
            raise InvalidArgumentError("X_direction is given, but the circuit has no features")
        factors = Weights(self, weights, sets, m).values
        along = None if direction is None else _direction(direction, sets)
        rows = (
            None
            if X_direction is None
            else _for_each_set("X_direction", X_direction, sets, (m, self._n_features))
        )
        cost = model_calls.admit(self, c.QTG_TASK_VJP_PRODUCT, sets, samples)
        change = np.empty((*sets.axis, self._n_params))
        features = np.empty((*sets.axis, m, self._n_features)) if self._n_features else None
        then = (change, features)
        model_calls.run(self, cost, "qtg_model_vjp_product", sets, samples, factors, along, rows, then=then)
        return change, features

    def dqntk(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
    ) -> Real:
        """The differential of the tangent kernel, exact:

            mu_abc = sum_kl (d_k d_l yhat_a) J_bk J_cl

        A step of gradient descent at rate eta on the residual r changes it by
        -(eta/m) K r + (eta/m)^2/2 sum_bc mu_abc r_b r_c + O(eta^3) (Liu et al., arXiv 2111.04225).

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

        Returns:
            (m, m, m), symmetric in the last two axes; (s, m, m, m) for s parameter sets.

        Raises:
            InvalidArgumentError: for several observables, and for shapes that do not fit.
            OutOfMemoryError: before anything is allocated.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        cost = model_calls.admit(self, c.QTG_TASK_DQNTK, sets, samples)
        out = np.empty((*sets.axis, len(samples), len(samples), len(samples)))
        model_calls.run(self, cost, "qtg_model_dqntk", sets, samples, then=(out,))
        return out


def _direction(direction: ArrayLike, sets: Theta) -> Real:
    return _for_each_set("direction", direction, sets, sets.values.shape[-1:])


def _for_each_set(name: str, value: ArrayLike, sets: Theta, shape: tuple[int, ...]) -> Real:
    """An array of this shape, or one for each parameter set, as one for each."""
    array = _arrays.real(name, value)
    full = (*sets.axis, *shape)
    if array.shape not in (shape, full):
        expected = f"{shape}" if sets.single else f"{shape} or {full}"
        raise InvalidArgumentError(f"{name} has shape {array.shape}; {expected} is expected")
    return np.ascontiguousarray(np.broadcast_to(array, full))
