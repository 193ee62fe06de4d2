"""Where students start: the two initialisations of the paper, and starts of other regimes."""

from __future__ import annotations

import numpy as np

from .. import _native
from .._native.arrays import Real
from .students import directions, neuron_kernel

# Of the largest eigenvalue: below stand directions that rounding makes.
_RANK = 1e-13


def _random(seed: int) -> np.random.Generator:
    """A stream of its own: a teacher or inputs drawn by the same seed must not be the start."""
    return np.random.default_rng([seed, int.from_bytes(b"start", "big")])


def _normals(m: int, d: int, seed: int) -> Real:
    """(m, d), standard normal; OutOfMemoryError, before anything is taken, where so many neurons do not fit."""
    drawn = _native.result("the student", (m, d), 0, "neurons")
    return np.asarray(_random(seed).standard_normal(out=drawn))


def random_directions(m: int, d: int, seed: int) -> Real:
    """(m, d), standard normal."""
    return _normals(m, d, seed)


def subspace_directions(m: int, moments: Real, r: int, seed: int) -> Real:
    """Normal in the span of the r eigenvectors of E y (x x^T - 1) whose eigenvalues are largest in size, (m, d)."""
    values, vectors = np.linalg.eigh(moments)
    span = vectors[:, np.argsort(-abs(values))[:r]]
    return np.asarray(_normals(m, span.shape[1], seed) @ span.T)


def population_moments(teacher: Real) -> Real:
    """E f*(x) (x x^T - 1) up to a factor, (d, d): sum_i |w*_i| u_i u_i^T."""
    u, sizes = directions(teacher)
    return np.asarray((u.T * sizes) @ u)


def sample_moments(X: Real, y: Real) -> Real:
    """The mean of y (x x^T - 1) over samples, (d, d)."""
    return np.asarray((X.T * y) @ X / len(X) - np.mean(y) * np.eye(X.shape[1]))


def with_best_sizes(W: Real, teacher: Real, activation: str, samples: tuple[Real, Real] | None) -> Real:
    """The student whose neurons have these directions and the sizes that minimise the loss: sum_j z_j phi(w_j.x), z >= 0,
    becomes w_j sqrt(z_j / |w_j|).

    Source: Zhou, Ge, Jin, COLT 2021, algorithm 1; the minimiser is SciPy's non-negative least squares.
    """
    from scipy.optimize import nnls

    u, _ = directions(W)
    if samples is not None:
        X, y = samples
        projections = X @ u.T
        features = abs(projections) if activation == "abs" else np.maximum(projections, 0)
        matrix, target = features, y
    else:
        matrix, target = _as_least_squares(u, teacher, activation)
    masses, _ = nnls(matrix, target, maxiter=30 * matrix.shape[1])
    # z_j phi(w_j.x) = (z_j |w_j|) phi(u_j.x): the mass is |w'_j|^2.
    return np.asarray(np.sqrt(masses)[:, None] * u)


def _as_least_squares(u: Real, teacher: Real, activation: str) -> tuple[Real, Real]:
    """A matrix and a vector with |A a - c|^2 / 2 = E (sum_j a_j phi(u_j.x) - f*)^2 / 2 + a constant."""
    v, lengths = directions(teacher)
    overlaps = np.matmul(
        u, u.T, out=_native.result("the overlaps of neurons", (len(u), len(u)), 0, "neurons")
    )
    values, vectors = np.linalg.eigh(neuron_kernel(overlaps, activation))
    kept = values > _RANK * values[-1]
    roots, basis = np.sqrt(values[kept]), vectors[:, kept]
    inner = neuron_kernel(u @ v.T, activation) @ lengths
    return np.asarray(roots[:, None] * basis.T), np.asarray(basis.T @ inner / roots)


def near_teacher(teacher: Real, m: int, angle: float, seed: int) -> Real:
    """m neurons shared evenly among the teacher's, each at `angle` from its own, their masses together its size."""
    r, d = teacher.shape
    v, lengths = directions(teacher)
    random = _normals(m, d, seed)
    mine = np.arange(m) % r
    away = random - np.sum(random * v[mine], axis=1)[:, None] * v[mine]
    norms = np.linalg.norm(away, axis=1)
    away /= np.where(norms > 0, norms, 1)[:, None]
    counts = np.bincount(mine, minlength=r)
    u = np.cos(angle) * v[mine] + np.sin(angle) * away
    return np.asarray(np.sqrt(lengths[mine] / counts[mine])[:, None] * u)


def of_mass(m: int, d: int, mass: float, seed: int) -> Real:
    """m neurons of equal size in random directions, the sum of |w_j|^2 being `mass`."""
    u, _ = directions(random_directions(m, d, seed))
    return np.asarray(np.sqrt(mass / m) * u)
