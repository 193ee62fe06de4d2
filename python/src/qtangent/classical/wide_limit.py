"""Students of infinitely many neurons in random directions that move infinitely little: the limit of their training."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.legendre import leggauss

from .._native.arrays import Real
from .students import cosines, directions, neuron_kernel, slope_kernel

_DEGREES = 120
_NODES = 400


def limit_kernel(X: Real, X2: Real, mass: float, activation: str) -> Real:
    """The mean of the tangent kernel over uniform directions, sum |w_j|^2 = mass: (n, n2).

    mass (x.y E phi'(u.x) phi'(u.y) + 3 |x||y| E phi(g.x) phi(g.y) / d), u uniform, g of unit vectors' cosine.
    """
    unit, lengths = directions(X)
    unit2, lengths2 = directions(X2)
    sizes = lengths[:, None] * lengths2
    return np.asarray(mass * sizes * _profile(cosines(unit, unit2), X.shape[1], activation))


def _profile(cosines: Real, d: int, activation: str) -> Real:
    c = np.clip(cosines, -1, 1)
    return c * slope_kernel(c, activation) + 3 / d * neuron_kernel(c, activation)


class PopulationLimit:
    """Training on the population, degree by degree of the harmonics of the sphere: the limit kernel does not mix them.

    A function |x| h(x/|x|) of degree n decays at the rate d E kappa P_n, where kappa is the kernel's profile (Funk and
    Hecke), P_n the Legendre polynomial of d dimensions.

    Source: derived in docs/classical.md.
    """

    def __init__(self, teacher: Real, mass: float, activation: str) -> None:
        self._teacher, self._mass, self._activation = teacher, mass, activation
        d = teacher.shape[1]
        # In the angle everything is smooth on both halves, the weight sin^(d-2) too.
        nodes, weights = leggauss(_NODES)
        angle = np.pi / 4 * np.concatenate([nodes + 1, nodes + 3])
        density = np.tile(weights, 2) * np.sin(angle) ** (d - 2)
        density /= density.sum()
        t = np.cos(angle)
        table = legendre(t, d)
        counts = np.array([_harmonics(n, d) for n in range(_DEGREES)])
        phi = abs(t) if activation == "abs" else np.maximum(t, 0)
        self.rates: Real = mass * d * (table @ (density * _profile(t, d, activation)))
        """Of the residual, by degree."""
        self._coefficients = counts * (table @ (density * phi))
        self._counts = counts

    def loss(self, time: Real, starts_at_zero: bool) -> Real:
        """(T,), from the teacher's and the start's share in every degree; what is left in higher degrees stays."""
        u, lengths = directions(self._teacher)
        d = u.shape[1]
        products = np.einsum("i,nij,j->n", lengths, legendre(np.clip(u @ u.T, -1, 1), d), lengths)
        start = 0.0 if starts_at_zero else self._mass
        products[0] = (lengths.sum() - start) ** 2
        energies = 0.5 * d * self._coefficients**2 / self._counts * products
        mean = d * self._coefficients[0] ** 2  # E |u.x||v.x| of uniform directions
        whole = lengths @ neuron_kernel(u @ u.T, self._activation) @ lengths
        first = 0.5 * (whole + mean * start * (start - 2 * lengths.sum()))
        rest = max(float(first - energies.sum()), 0.0)
        return np.asarray(energies @ np.exp(-2 * np.outer(self.rates, time)) + rest)

    def predictions(self, time: Real, X: Real, starts_at_zero: bool) -> Real:
        """(T, n)."""
        unit, sizes = directions(X)
        u, lengths = directions(self._teacher)
        polynomials = legendre(np.clip(unit @ u.T, -1, 1), X.shape[1])  # (degrees, n, r)
        parts = self._coefficients[:, None] * (polynomials @ lengths) * sizes
        left = np.exp(-np.outer(time, self.rates))
        result = (1 - left) @ parts
        if not starts_at_zero:
            result += np.outer(left[:, 0], self._coefficients[0] * self._mass * sizes)
        return np.asarray(result)


def legendre(t: Real, d: int) -> Real:
    """Legendre polynomials of d >= 2 dimensions with P_n(1) = 1, all degrees: (degrees, *t.shape)."""
    table = np.empty((_DEGREES, *t.shape))
    table[0], table[1] = 1, t
    for n in range(1, _DEGREES - 1):
        table[n + 1] = ((2 * n + d - 2) * t * table[n] - n * table[n - 1]) / (n + d - 2)
    return table


def _harmonics(n: int, d: int) -> float:
    """How many independent harmonics of degree n there are in d dimensions."""
    from math import comb

    return float(comb(n + d - 1, n) - (comb(n + d - 3, n - 2) if n >= 2 else 0))
