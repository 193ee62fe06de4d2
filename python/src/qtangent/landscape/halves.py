"""Predictions for density matrices on a grid of parameters: states go forward through the first part of a circuit,
observables backward through the second, and they meet in between.

With 3^a points of the first part's parameters and 3^b of the second's, a + b = p, this takes 3^a + 3^b products with
matrices instead of 3^p evolutions of every eigenvector of every state.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from .._native.arrays import Complex, Real
from ..circuits import Circuit
from ..models import Model
from ..observables import Observable

# Bytes of matrices that are held of one part at a time.
_BLOCK = 256 << 20


class Halves:
    """A circuit without features in two parts that share no parameter, for m density matrices."""

    def __init__(self, first: Circuit, second: Circuit, cut: int) -> None:
        self._first, self._second = first, second
        self._cut = cut

    @classmethod
    def of(cls, circuit: Circuit, m: int, points: list[int]) -> Halves | None:
        """The cut that makes the states' products and the observables' together as few as possible.

        None where every cut parts the occurrences of a parameter, or the parameters do not come in order of their
        numbers.

        Args:
            points: how many values each parameter takes.
        """
        instructions = list(circuit)
        used = [
            {p for angle in step.angles for numbers, _ in angle.terms for p in numbers}
            for step in instructions
        ]
        best, place, bound = math.inf, 0, 0
        for cut in range(1, len(used)):
            first, second = set().union(*used[:cut]), set().union(*used[cut:])
            if not first or not second or max(first) >= min(second):
                continue
            own = max(first) + 1
            cost = m * math.prod(points[:own]) + math.prod(points[own:])
            if cost < best:
                best, place, bound = cost, cut, own
        if not place:
            return None
        n = circuit.n_qubits
        return cls(
            Circuit.from_instructions(n, instructions[:place]),
            Circuit.from_instructions(n, instructions[place:]),
            bound,
        )

    def predictions(self, model: Model, states: Complex, axes: list[Real]) -> Real:
        """Predictions (points, m, k), the points in the order of the product of the axes.

        Args:
            states: density matrices (m, d, d).
            axes: the values of each parameter.
        """
        observables: list[Observable] = (
            model.observable if isinstance(model.observable, list) else [model.observable]
        )
        matrices = np.array([model.scale * observable.matrix() for observable in observables])
        (m, d, _), k = states.shape, len(matrices)
        before = list(itertools.product(*axes[: self._cut]))
        after = list(itertools.product(*axes[self._cut :]))
        result = np.empty((len(before), len(after), m, k))
        step = max(1, _BLOCK // (16 * k * d * d))
        for begin in range(0, len(after), step):
            backward = np.empty((min(step, len(after) - begin), k, 2 * d * d))
            for row, values in zip(backward, after[begin:], strict=False):
                theta = np.array([0.0] * self._cut + list(values))
                unitary = self._second.matrix(theta[: self._second.n_params])
                row[:] = _real(unitary.conj().T @ matrices @ unitary)
            columns = backward.reshape(-1, 2 * d * d).T
            for number, values in enumerate(before):
                unitary = self._first.matrix(np.array(values)[: self._first.n_params])
                forward = _real(unitary @ states @ unitary.conj().T)
                found = (forward @ columns).reshape(m, len(backward), k)
                result[number, begin : begin + len(backward)] = found.transpose(1, 0, 2)
        return result.reshape(-1, m, k)


def _real(matrices: Complex) -> Real:
    """Hermitian matrices (count, d, d) as rows whose dot products are traces of products."""
    return np.ascontiguousarray(matrices).reshape(len(matrices), -1).view(np.float64)
