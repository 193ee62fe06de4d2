"""How near the neurons of a student are to those of its teacher."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real


@dataclass(frozen=True, eq=False)
class Match:
    """The neurons of a student beside those of its teacher; angles are between lines, 0 to pi/2.

    Attributes:
        assignment: (m,), the teacher neuron nearest to each of the student's.
        angles: (m,), how far from it each is.
        nearest: (r,), the angle of each teacher neuron to the student's nearest.
        mass: (r,), sum of |w_j|^2 over the neurons assigned to each teacher neuron; at the end its size.
        residual_norms: (r,), |sum_j |w_j| s_j w_j - w*_i| over these, s_j the sign of w_j.w*_i.
        weighted_square_angle: sum_j |w_j|^2 angle_j^2.
        matched_residual, rest_residual: norms of R_1 = sum_i v_i.x sgn(w*_i.x), v_i the vectors of `residual_norms`, and of
            R - R_1, which comes from the angles; R = f - f*, |R|^2 = 2 L.
        lambda_min: the smallest eigenvalue of M_ij = E x x^T sgn(w*_i.x) sgn(w*_j.x), (r d, r d).
        lojasiewicz: |grad L| / L^alpha for alpha 1/2, 2/3 and 1.
        descent: sum_j grad_j.(1 + u_j u_j^T)^-1 (w_j - q_j s_j w*_i) / L, q_j = |w_j| / mass; at least 1 near the teacher
            (Zhou, Ge, Jin, Lemma 8, with all neurons of an assignment).
    """

    assignment: NDArray[np.int64]
    angles: Real
    nearest: Real
    mass: Real
    residual_norms: Real
    weighted_square_angle: float
    matched_residual: float
    rest_residual: float
    lambda_min: float
    lojasiewicz: dict[str, float]
    descent: float


def match(teacher: Real, student: Real, loss: float, gradient: Real) -> Match:
    """Matches the neurons of a student (m, d) with those of a teacher (r, d)."""
    sizes, lengths = np.linalg.norm(student, axis=1), np.linalg.norm(teacher, axis=1)
    u = student / np.where(sizes > 0, sizes, 1)[:, None]
    z = teacher / lengths[:, None]
    angles = _angles(u, z)
    assignment = angles.argmin(axis=1)
    nearest_angle = angles[np.arange(len(student)), assignment]
    signs = np.where(np.einsum("jd,jd->j", u, z[assignment]) < 0, -1.0, 1.0)
    members = np.eye(len(teacher))[assignment]  # (m, r)
    mass = members.T @ sizes**2
    v = members.T @ ((sizes * signs)[:, None] * student) - teacher
    moments = _moments(z)
    flat = v.reshape(-1)
    matched = float(flat @ moments @ flat)
    # E R x sgn(w*_i.x), as the gradient of a student's neuron in that direction.
    masses = np.concatenate([sizes**2, -lengths])
    directions = np.concatenate([u, z])
    cosines = np.clip(z @ directions.T, -1, 1)
    sines = np.sqrt((1 - cosines) * (1 + cosines))
    felt = 2 / np.pi * ((sines @ masses)[:, None] * z + (np.arcsin(cosines) * masses) @ directions)
    rest = 2 * loss - 2 * float(np.sum(v * felt)) + matched
    shares = sizes / np.where(mass > 0, mass, 1)[assignment]
    steps = student - (shares * signs)[:, None] * teacher[assignment]
    steps = steps - u * np.einsum("jd,jd->j", u, steps)[:, None] / 2
    norm = float(np.linalg.norm(gradient))
    positive = max(loss, np.finfo(float).tiny)
    return Match(
        assignment=assignment.astype(np.int64),
        angles=nearest_angle,
        nearest=angles.min(axis=0),
        mass=mass,
        residual_norms=np.linalg.norm(v, axis=1),
        weighted_square_angle=float(sizes**2 @ nearest_angle**2),
        matched_residual=float(np.sqrt(max(matched, 0))),
        rest_residual=float(np.sqrt(max(rest, 0))),
        lambda_min=float(np.linalg.eigvalsh(moments)[0]),
        lojasiewicz={
            name: norm / positive**alpha for name, alpha in (("1/2", 0.5), ("2/3", 2 / 3), ("1", 1.0))
        },
        descent=float(np.sum(gradient * steps)) / positive,
    )


def _angles(u: Real, z: Real) -> Real:
    """Between lines (m, d) and (r, d): (m, r). Two roots lose no digits where an arc cosine would."""
    near = np.linalg.norm(u[:, None] - z, axis=2)
    far = np.linalg.norm(u[:, None] + z, axis=2)
    return np.asarray(2 * np.arctan2(np.minimum(near, far), np.maximum(near, far)))


def _moments(z: Real) -> Real:
    """M_ij = E x x^T sgn(z_i.x) sgn(z_j.x) of unit vectors (r, d): (r d, r d)."""
    r, d = z.shape
    cosines = np.clip(z @ z.T, -1, 1)
    result = np.empty((r, d, r, d))
    for i in range(r):
        for j in range(r):
            if i == j:
                result[i, :, j] = np.eye(d)
                continue
            rho = cosines[i, j]
            a, b = z[i], z[j]
            mixed = np.outer(a, b) + np.outer(b, a) - rho * (np.outer(a, a) + np.outer(b, b))
            result[i, :, j] = (
                2 / np.pi * (np.arcsin(rho) * np.eye(d) + mixed / np.sqrt((1 - rho) * (1 + rho)))
            )
    return result.reshape(r * d, r * d)
