"""Descent of two-layer students on their population loss, vectorised over starts and pairs of neurons."""

from __future__ import annotations

import numpy as np


def descend(W: np.ndarray, teacher: np.ndarray, learning_rate: float, steps: int) -> np.ndarray:
    """Students (s, m, d) with absolute value after so many steps."""
    W = W.copy()
    lengths = np.linalg.norm(teacher, axis=1)
    directions = np.broadcast_to(teacher / lengths[:, None], (len(W), *teacher.shape))
    masses = np.broadcast_to(-lengths, (len(W), len(lengths)))
    for _ in range(steps):
        sizes = np.linalg.norm(W, axis=2)
        u = W / sizes[..., None]
        z = np.concatenate([u, directions], axis=1)
        a = np.concatenate([sizes**2, masses], axis=1)
        cosines = np.clip(u @ z.transpose(0, 2, 1), -1, 1)
        sines = np.sqrt((1 - cosines) * (1 + cosines))
        g = (np.arcsin(cosines) * a[:, None]) @ z + (sines @ a[..., None]) * u
        g *= 2 / np.pi
        W -= learning_rate * sizes[..., None] * (g + u * np.sum(u * g, axis=2)[..., None])
    return W
