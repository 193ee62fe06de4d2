"""Kernels between the samples of a model: of its tangents, and of its states."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from .. import _native, model_calls
from .. import _signatures as c
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import Interrupted
from .._native.inputs import Theta
from .._native.memory import memory_limit
from ..model_calls import TRAJECTORIES
from ..samples import Samples, density_matrices, samples_for
from .estimated import EstimatedModel
from .measured import MeasuredModel
from .states import States

# What output states of one block of samples may take, as a share of what a call may; two blocks are held at a time.
_SHARE = 8
# Rows that are multiplied at a time, between which Ctrl-C is seen.
_ROWS = 256


class Kernels(States, MeasuredModel, EstimatedModel):
    """What a model says of how alike two samples are."""

    def tangent_kernel(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        X2: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        states2: ArrayLike | None = None,
        full: bool = False,
        *,
        shots: int | None = None,
        trajectories: int | None = None,
        seed: int = 0,
        debias: bool = True,
    ) -> Real:
        """The tangent kernel K = J J^T of the Jacobian J with respect to theta, without 1/p or 1/m; `z_sum` normalises it.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f) of the rows, or `qt.Samples`, which take the place of X and states.
            X2: features (m2, f) of the columns, or `qt.Samples`; those of the rows unless X2 or states2 is given.
            states: input states (m, 2^n) of the rows, or density matrices (m, 2^n, 2^n); |0...0> without.
            states2: the same of the columns, (m2, 2^n) or (m2, 2^n, 2^n).
            full: keeps the outputs apart instead of summing over them.
            shots: measures the Jacobian instead, as `jacobian` with shots does; that of X2 and states2 apart.
            trajectories: T, at least 2, of a model with method="trajectories": the mean over pairs of different ones, which
                has the mean K and may have negative eigenvalues; `estimate` tells its standard error.
            seed: of what is drawn, 0 to 2^64 - 1.
            debias: takes from the diagonal an unbiased estimate of the variances that the shots add to it, so that the mean
                over seeds is K; such a kernel may have negative eigenvalues. False leaves J J^T as measured.

        Returns:
            (m, m2), summed over outputs; with full=True and a list of k observables (m, k, m2, k). s parameter sets put s
            in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite; with shots as
                `jacobian`, and for one shot without debias=False.
            OutOfMemoryError: before anything is allocated; the text says how many samples at a time fit.
            NumericalError: where a result overflows.
            Interrupted: after Ctrl-C.
        """
        sets, samples = Theta(theta, self._n_params), samples_for(self, X, states)
        second = samples_for(self, X2, states2, "2") if X2 is not None or states2 is not None else None
        if self._method == TRAJECTORIES or trajectories is not None:
            count = self._count(trajectories, shots, 2, "an unbiased kernel")
            return self._estimated_kernel(theta, samples, second, full, count, seed).mean
        if shots is not None:
            return self._measured_kernel(theta, samples, second, full, shots, seed, debias)
        m2 = len(second) if second else len(samples)
        full = _arrays.flag("full", full)
        outputs = self._outputs if full else ()
        cost = model_calls.admit(self, c.QTG_TASK_TANGENT_KERNEL, sets, samples)
        out = _native.result(
            "the kernel", (*sets.axis, len(samples), *outputs, m2, *outputs), len(sets.axis), "samples"
        )
        model_calls.run(
            self,
            cost,
            "qtg_model_tangent_kernel",
            sets,
            samples,
            second._handle if second else 0,
            int(full),
            then=(out,),
        )
        return out

    def fidelity_kernel(
        self,
        theta: ArrayLike,
        X: ArrayLike | Samples | None = None,
        X2: ArrayLike | Samples | None = None,
        states: ArrayLike | None = None,
        states2: ArrayLike | None = None,
    ) -> Real:
        """The kernel of the states after the circuit, |<psi_i|psi_j>|^2; tr(rho_i sigma_j) where density matrices are
        given, which is the fidelity if one of the two is pure. It does not depend on the observable, nor on what comes
        after the last feature.

        Args:
            theta: parameters (p,), or (s, p) for s parameter sets; radians where gates take angles.
            X: features (m, f) of the rows, or `qt.Samples`, which take the place of X and states.
            X2: features (m2, f) of the columns, or `qt.Samples`; those of the rows unless X2 or states2 is given.
            states: input states (m, 2^n) of the rows, or density matrices (m, 2^n, 2^n); |0...0> without.
            states2: the same of the columns, (m2, 2^n) or (m2, 2^n, 2^n).

        Returns:
            (m, m2), symmetric without X2 and states2; s parameter sets put s in front.

        Raises:
            InvalidArgumentError: for shapes that do not fit or entries that are not finite.
            OutOfMemoryError: before anything is allocated, if the kernel does not fit, or the states of two samples. More
                states than fit are simulated again for every block of the others.
            Interrupted: after Ctrl-C.

        Source: Havlicek et al., Nature 567, 209 (2019).
        """
        sets, rows = Theta(theta, self._n_params), samples_for(self, X, states)
        columns = samples_for(self, X2, states2, "2") if X2 is not None or states2 is not None else None
        shape = (sets.sets, len(rows), len(rows if columns is None else columns))
        out = _native.result("the kernel", shape, 1, "samples")
        try:
            for parameters, matrix in zip(sets.values.reshape(sets.sets, -1), out, strict=True):
                self._fill_fidelity(matrix, parameters, rows, columns)
        except KeyboardInterrupt:
            raise Interrupted("the kernel was interrupted") from None
        return sets.squeeze(out)

    def _fill_fidelity(self, out: Real, theta: Real, rows: Samples, columns: Samples | None) -> None:
        others = rows if columns is None else columns
        is_mixed = rows.is_mixed or others.is_mixed
        for at in self._blocks(rows, is_mixed):
            left = _vectors(self.output_states(theta, rows[at]), is_mixed)
            for to in self._blocks(others, is_mixed):
                if columns is None and to.start < at.start:
                    continue
                is_same = columns is None and to == at
                right = left if is_same else _vectors(self.output_states(theta, others[to]), is_mixed)
                _overlaps(left, right, is_mixed, out[at, to])
                if is_same:
                    # The product's rounding knows nothing of the symmetry.
                    below = np.tril_indices(len(left), -1)
                    out[at, to][below] = out[at, to].T[below]
                elif columns is None:
                    out[to, at] = out[at, to].T

    def _blocks(self, samples: Samples, is_mixed: bool) -> Iterator[slice]:
        """Slices of samples whose output states fit."""
        each = 16 * 2 ** (self._n_qubits * (2 if is_mixed else 1))
        size = max(1, memory_limit() // (_SHARE * each))
        for start in range(0, len(samples), size):
            yield slice(start, min(start + size, len(samples)))


def _vectors(states: Complex, is_mixed: bool) -> Complex:
    """States (m, d) as they are or, beside density matrices, as such, laid out as vectors (m, d^2)."""
    return (density_matrices(states) if is_mixed else states).reshape(len(states), -1)


def _overlaps(left: Complex, right: Complex, is_mixed: bool, out: Real) -> None:
    """|<a|b>|^2 of all pairs, or of density matrices tr(rho sigma) = sum_kl rho_kl conj(sigma_kl)."""
    conjugate = right.conj().T
    for start in range(0, len(left), _ROWS):
        product = left[start : start + _ROWS] @ conjugate
        out[start : start + _ROWS] = product.real if is_mixed else product.real**2 + product.imag**2
