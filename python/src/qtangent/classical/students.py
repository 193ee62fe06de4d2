"""Moments of student nets in closed form: kernels of neurons, the tangent kernel and its mean over inputs."""

from __future__ import annotations

import numpy as np

from .._native.arrays import Real


def neuron_kernel(cosines: Real, activation: str) -> Real:
    """E phi(a.x) phi(b.x) of unit vectors with these cosines, x standard normal."""
    c = np.clip(cosines, -1, 1)
    absolute = 2 / np.pi * (np.sqrt((1 - c) * (1 + c)) + c * np.arcsin(c))
    return absolute if activation == "abs" else (absolute + c) / 4


def slope_kernel(cosines: Real, activation: str) -> Real:
    """E phi'(a.x) phi'(b.x)."""
    signs = 2 / np.pi * np.arcsin(np.clip(cosines, -1, 1))
    return signs if activation == "abs" else (signs + 1) / 4


def directions(W: Real) -> tuple[Real, Real]:
    """Unit rows, zeros where a row is zero, and the rows' lengths."""
    sizes = np.linalg.norm(W, axis=-1)
    return W / np.where(sizes > 0, sizes, 1)[..., None], sizes


def cosines(u: Real, v: Real) -> Real:
    """Between unit rows (n, d) and (m, d): (n, m). Within four roundings of 1 they count as 1, since an arc sine there
    would cost a vector's angle with itself half of its digits."""
    c = u @ v.T
    return np.asarray(np.where(np.abs(c) > 1 - 4 * np.finfo(float).eps, np.sign(c), c))


def tangent_kernel(W: Real, X: Real, X2: Real, activation: str) -> Real:
    """sum_j |w_j|^2 phi'(w_j.x) phi'(w_j.y) (x.y + 3 (u_j.x)(u_j.y)) of a student (m, d): (n, n2)."""
    u, sizes = directions(W)
    left, right = X @ u.T, X2 @ u.T
    slope = np.sign if activation == "abs" else np.heaviside
    extra = () if activation == "abs" else (0.0,)
    a, b = slope(left, *extra) * sizes, slope(right, *extra) * sizes
    return np.asarray((a @ b.T) * (X @ X2.T) + 3 * (a * left) @ (b * right).T)


def jacobian(W: Real, X: Real, activation: str) -> Real:
    """df(x)/dw_j = |w_j| phi'(w_j.x) (x + u_j (u_j.x)), (n, m, d)."""
    u, sizes = directions(W)
    projections = X @ u.T
    slope = np.sign(projections) if activation == "abs" else np.heaviside(projections, 0.0)
    moved = X[:, None] + projections[..., None] * u
    return np.asarray((slope * sizes)[..., None] * moved)


def mean_gram(W: Real, activation: str) -> Real:
    """E_x J(x)^T J(x) over standard normal inputs, (m d, m d): the curvature of the loss of the linearised student."""
    u, sizes = directions(W)
    m, d = W.shape
    c = cosines(u, u)
    sines = np.sqrt((1 - c) * (1 + c))
    # E x x^T phi' phi': no angle between equal directions, where the second part vanishes like the sine.
    safe = np.where(sines > 0, sines, np.inf)
    weight = 2 / np.pi if activation == "abs" else 1 / (2 * np.pi)
    same = slope_kernel(c, activation)
    mixed = weight / safe
    outer = np.einsum("ia,jb->iajb", u, u)
    own = np.einsum("ia,ib->iab", u, u)
    blocks = (
        same[:, None, :, None] * np.eye(d)[None, :, None, :]
        + mixed[:, None, :, None] * (outer + outer.transpose(0, 3, 2, 1))
        - (mixed * c)[:, None, :, None] * (own[:, :, None, :] + own.transpose(1, 0, 2)[None])
    )
    scaled = sizes[:, None, None] * (np.eye(d) + own)
    return np.asarray(
        np.einsum("iab,ibjc,jcd->iajd", scaled, blocks, scaled, optimize=True).reshape(m * d, m * d)
    )
