"""The states that a model's circuit makes, and how well they tell parameters apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import _native, model_calls
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from .._native.inputs import Theta
from ..model_calls import ModelCalls
from ..samples import Samples, samples_for


class States(ModelCalls):
    """What a model says before it measures."""

    def output_states(
        self, theta: ArrayLike, X: ArrayLike | Samples | None = None, states: ArrayLike | None = None
    ) -> Complex:
        """The states after the circuit.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f), or `qt.Samples`, which take the place of X and states.
            states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without.

        Returns:
            Complex (m, 2^n), or density matrices (m, 2^n, 2^n) if such were given; s parameter sets put s in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        cost = model_calls.admit(self, c.QTG_TASK_OUTPUT_STATES, sets, samples)
        d = 2**self._n_qubits
        shape = (*sets.axis, len(samples), *((d, d) if samples.is_mixed else (d,)))
        out = _native.result("the output states", shape, len(sets.axis), "samples", np.complex128)
        model_calls.run(self, cost, "qtg_model_output_states", sets, samples, then=(out,))
        return out

    def fisher_information(
        self,
        theta: ArrayLike,
        x: ArrayLike | Samples | None = None,
        state: ArrayLike | None = None,
        wrt: str = "theta",
    ) -> Real:
        """The quantum Fisher information of the state after the circuit:

            F_kl = 4 Re(<d_k psi|d_l psi> - <d_k psi|psi><psi|d_l psi>)

        d_k the derivative with respect to theta_k, or for wrt="X" to the feature x_k: how well the state tells
        neighbouring values apart. It does not depend on the observable. Its rank is at most min(p, 2^(n+1) - 2), with f
        in the place of p for features. Of the data as a whole: `qt.capacity.data_fisher_information`.

        Args:
            theta: (p,), or (s, p).
            x: features of the one sample, (f,), or `qt.Samples` that hold one, in the place of x and state.
            state: its input state, (2^n,); |0...0> unless given.
            wrt: "theta" or "X".

        Returns:
            (p, p), or (f, f) for wrt="X"; for s parameter sets (s, p, p) or (s, f, f).

        Raises:
            InvalidArgumentError: for a density matrix, whose Fisher information is not this formula; for wrt="X" where
                the circuit has no features.
            OutOfMemoryError: before anything is allocated.
        """
        sets, samples = Theta(theta, self._n_params), self._one_sample(x, state)
        of_features = self._of_features(wrt)
        task = c.QTG_TASK_FEATURE_FISHER_INFORMATION if of_features else c.QTG_TASK_FISHER_INFORMATION
        cost = model_calls.admit(self, task, sets, samples)
        name = "qtg_model_feature_fisher_information" if of_features else "qtg_model_fisher_information"
        size = self._n_features if of_features else self._n_params
        out = np.empty((*sets.axis, size, size))
        model_calls.run(self, cost, name, sets, samples, then=(out,))
        return out

    def _one_sample(self, x: ArrayLike | Samples | None, state: ArrayLike | None) -> Samples:
        """The sample of features x (f,) and input state (2^n,)."""
        if isinstance(x, Samples):
            if len(x) != 1:
                raise InvalidArgumentError(f"x holds {len(x)} samples; one is expected, such as samples[:1]")
            return samples_for(self, x, state)
        d = 2**self._n_qubits
        features = None if x is None else _arrays.real("x", x)
        if features is not None:
            _arrays.expect_shape("x", features, (self._n_features,), "(n_features,)")
        vector = None if state is None else _arrays.complex_("state", state)
        if vector is not None and vector.shape == (d, d):
            raise InvalidArgumentError(
                "state is a density matrix; fisher_information is for pure states, pass a vector of "
                f"shape ({d},), or use qt.capacity.data_fisher_information"
            )
        if vector is not None:
            _arrays.expect_shape("state", vector, (d,), "(2^n_qubits,)")
        return samples_for(
            self, None if features is None else features[None], None if vector is None else vector[None]
        )
