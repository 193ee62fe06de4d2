"""A peer answers a call(theta) with one flat vector; these helpers make such calls of what peers offer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .problems import Problem

Call = Callable[[np.ndarray], np.ndarray]


class UnsupportedError(Exception):
    """The peer has no way to do this task."""


def flat(*arrays: object) -> np.ndarray:
    return np.concatenate([np.asarray(array, dtype=float).ravel() for array in arrays])


def from_jacobian(problem: Problem, jacobian: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Call:
    """Predictions and Jacobian as they are, or descent in a Python loop around them."""
    if problem.task == "jacobian":
        return lambda theta: flat(*jacobian(theta))
    if problem.task != "training":
        raise UnsupportedError(problem.task)

    def train(theta: np.ndarray) -> np.ndarray:
        theta = theta.copy()
        for _ in range(problem.steps):
            y, rows = jacobian(theta)
            theta -= problem.rate * 2 / problem.m * (rows.T @ (y - problem.y))
        return theta

    return train


def fisher_matrix(xp, tangents, state):
    """4 Re(<d_k psi|d_l psi> - <d_k psi|psi><psi|d_l psi>) from tangents (p, d)."""
    overlap = tangents.conj() @ state
    gram = tangents.conj() @ tangents.T
    return 4 * (xp.real(gram) - xp.real(overlap[:, None] * xp.conj(overlap)[None]))
