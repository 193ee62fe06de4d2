"""The three circuits as layers on a batch of states (rows, 2^n), for NumPy and jax.numpy alike.

A program gives, for the slices of theta a layer needs, `forward(rows, slice) -> (rows, tape)` and
`backward(rows, tape, slice) -> (rows, gradients)`. The tape holds the states at which generators act. With a tape
rows are lambda; without one they are lambda over psi, un-applied together. The first layer need not be un-applied.
"""

from __future__ import annotations

import numpy as np

from ..problems import Problem


def product_states(xp, X):
    """prod_q RY(x_q)|0>, (m, 2^n)."""
    m, n = X.shape
    states = xp.ones((m, 1), dtype=complex)
    for q in range(n):
        column = xp.stack([xp.cos(X[:, q] / 2), xp.sin(X[:, q] / 2)], -1)
        states = (states[:, :, None] * column[:, None, :]).reshape(m, -1)
    return states


def expectation(xp, rows, diagonal):
    return (xp.real(rows) ** 2 + xp.imag(rows) ** 2) @ diagonal


def dagger(xp, matrices):
    return xp.conj(xp.swapaxes(matrices, -1, -2))


def ry_rz(xp, angles, data=None):
    """RZ RY, (..., n, 2, 2) from angles (n, 2); after RY of the data (rows, n) if given."""
    y, z = angles[:, 0], angles[:, 1]
    if data is not None:
        y = y + data
    c, s, e = xp.cos(y / 2), xp.sin(y / 2), xp.exp(-0.5j * z)
    return xp.stack([xp.stack([e * c, -e * s], -1), xp.stack([xp.conj(e) * s, xp.conj(e) * c], -1)], -2)


def apply_one_by_one(xp, rows, gates):
    """A 2x2 gate on every qubit, gates (n, 2, 2) or (rows, n, 2, 2)."""
    count, n = rows.shape[0], gates.shape[-3]
    for q in range(n):
        v = rows.reshape(count, 2**q, 2, -1)
        g = gates[..., q, :, :].reshape(-1, 2, 2, 1, 1)
        a, b = v[:, :, 0], v[:, :, 1]
        rows = xp.stack([g[:, 0, 0] * a + g[:, 0, 1] * b, g[:, 1, 0] * a + g[:, 1, 1] * b], 2)
    return rows.reshape(count, -1)


def groups_of(n, largest):
    """(first qubit, width) of as few equal groups of neighbours as keep to the largest width."""
    count = -(-n // largest)
    widths = [n // count + (k < n % count) for k in range(count)]
    return [(sum(widths[:k]), width) for k, width in enumerate(widths)]


def apply_kronecker(xp, rows, gates, groups):
    """The same with the gates of a group of neighbours multiplied out to one matrix."""
    count, n = rows.shape[0], gates.shape[0]
    for first, width in groups:
        matrix = gates[first]
        for q in range(first + 1, first + width):
            matrix = (matrix[:, None, :, None] * gates[q][None, :, None, :]).reshape(2 * len(matrix), -1)
        rest = 2 ** (n - first - width)
        if rest == 1:
            rows = rows.reshape(-1, 2**width) @ matrix.T
        else:
            rows = rows.reshape(count * 2**first, 2**width, rest)
            # XLA would copy the matrix for a batched product, NumPy's einsum does not call BLAS.
            rows = np.matmul(matrix, rows) if xp is np else xp.einsum("ij,ajb->aib", matrix, rows)
    return rows.reshape(count, -1)


def single_qubit_moments(xp, lam, psi, n, groups=None):
    """sum psi_x conj(lambda_y) over all other qubits, (rows, n, 2, 2); by groups of neighbours if given."""
    count, moments = psi.shape[0], []
    for first, width in groups or [(q, 1) for q in range(n)]:
        shape = (count, 2**first, 2**width, 2 ** (n - first - width))
        p, l = psi.reshape(shape), xp.conj(lam).reshape(shape)
        if width == 1:
            total = [[xp.sum(p[:, :, x] * l[:, :, y], (1, 2)) for y in (0, 1)] for x in (0, 1)]
            moments.append(xp.stack([xp.stack(row, -1) for row in total], -2))
            continue
        p, l = (xp.swapaxes(v, 1, 2).reshape(count, 2**width, -1) for v in (p, l))
        matrix = p @ xp.swapaxes(l, 1, 2)
        for k in range(width):
            split = (2**k, 2, 2 ** (width - 1 - k))
            moments.append(xp.einsum("maxbayb->mxy", matrix.reshape(count, *split, *split)))
    return xp.stack(moments, 1)


def ry_rz_gradients(xp, moments, angles):
    """d yhat by the angles of RY then RZ on every qubit, (rows, 2 n), from moments behind the RZ."""
    z = angles[:, 1]
    gx = xp.imag(moments[..., 1, 0] + moments[..., 0, 1])
    gy = xp.real(moments[..., 0, 1] - moments[..., 1, 0])
    gz = xp.imag(moments[..., 0, 0] - moments[..., 1, 1])
    return xp.stack([xp.cos(z) * gy - xp.sin(z) * gx, gz], -1).reshape(moments.shape[0], -1)


def lambda_and_psi(rows, tape):
    half = rows.shape[0] // 2
    return (rows[:half], rows[half:]) if tape is None else (rows, tape)


class Layered:
    """RY, RZ on every qubit, then the signs of the CZ ring."""

    def __init__(self, xp, problem: Problem, largest_group: int | None):
        self.xp, self.n, self.layers = xp, problem.n, problem.layers
        self.groups = groups_of(problem.n, largest_group) if largest_group else None
        self.constants = (problem.cz_signs,)

    def initial(self, X):
        return product_states(self.xp, X)

    def slices(self, theta, constants, X):
        return theta.reshape(self.layers, self.n, 2)

    def _apply(self, rows, gates):
        if self.groups:
            return apply_kronecker(self.xp, rows, gates, self.groups)
        return apply_one_by_one(self.xp, rows, gates)

    def forward(self, rows, angles, constants):
        rows = self._apply(rows, ry_rz(self.xp, angles))
        return rows * constants[0], rows

    def backward(self, rows, tape, angles, constants, is_first=False):
        rows = rows * constants[0]
        moments = single_qubit_moments(self.xp, *lambda_and_psi(rows, tape), self.n, self.groups)
        gradients = ry_rz_gradients(self.xp, moments, angles)
        if is_first:
            return rows, gradients
        return self._apply(rows, dagger(self.xp, ry_rz(self.xp, angles))), gradients


class Haar:
    """A dense unitary, then exp(-i theta Z_0)."""

    def __init__(self, xp, problem: Problem, largest_group: int | None):
        self.xp = xp
        u = problem.unitaries
        signs = 1.0 - 2.0 * problem.bit(0)
        self.constants = (np.ascontiguousarray(u.transpose(0, 2, 1)), u.conj(), signs)

    def initial(self, X):
        return product_states(self.xp, X)

    def slices(self, theta, constants, X):
        transposed, conjugate, signs = constants
        return transposed, conjugate, self.xp.exp(-1j * theta[:, None] * signs)

    def forward(self, rows, slice, constants):
        transposed, _, phases = slice
        rows = (rows @ transposed) * phases
        return rows, rows

    def backward(self, rows, tape, slice, constants, is_first=False):
        _, conjugate, phases = slice
        lam, psi = lambda_and_psi(rows, tape)
        gradients = 2 * (self.xp.imag(self.xp.conj(lam) * psi) @ constants[2])[:, None]
        if is_first:
            return rows, gradients
        return (rows * self.xp.conj(phases)) @ conjugate, gradients


class Mixed:
    """RZ RY RY(x) on every qubit, the CX ring as one gather, then rotations about XYZ, controlled RYs and a
    two-qubit unitary. Gates of a kind act on different qubits, so one state serves all their derivatives."""

    def __init__(self, xp, problem: Problem, largest_group: int | None):
        self.xp, self.problem = xp, problem
        self.n, self.layers = problem.n, problem.layers
        source = problem.cx_source
        self.constants = (problem.X, source, np.argsort(source), problem.unitaries[0])
        # X Y Z on three qubits flips the first two bits; the phases stand before the flip.
        bits = np.indices((2, 2, 2))
        self.phases = (1j * (1 - 2 * bits[1]) * (1 - 2 * bits[2]))[None, None, ..., None]

    def initial(self, X):
        return self.xp.zeros((len(X), 2**self.n), dtype=complex) + (np.arange(2**self.n) == 0)

    def slices(self, theta, constants, X):
        rows = theta.reshape(self.layers, -1)
        paulis = 2 * self.n + len(self.problem.pauli_starts)
        rotations = rows[:, : 2 * self.n].reshape(self.layers, self.n, 2)
        return rotations, rows[:, 2 * self.n : paulis], rows[:, paulis:]

    def _gates(self, rotations, constants, count):
        gates = ry_rz(self.xp, rotations, constants[0])
        return gates if count == len(gates) else self.xp.concatenate([gates, gates])

    def _xyz(self, rows, q):
        v = rows.reshape(rows.shape[0], 2**q, 2, 2, 2, -1) * self.phases
        return v[:, :, ::-1, ::-1].reshape(rows.shape)

    def _rotate_xyz(self, rows, angles, sign):
        for k, q in enumerate(self.problem.pauli_starts):
            c, s = self.xp.cos(angles[k] / 2), sign * self.xp.sin(angles[k] / 2)
            rows = c * rows - 1j * s * self._xyz(rows, q)
        return rows

    def _target(self, rows, control, target):
        """The two halves of the target qubit where the control is 1."""
        a, b = sorted((control, target))
        v = rows.reshape(rows.shape[0], 2**a, 2, 2 ** (b - a - 1), 2, -1)
        if control < target:
            return v, v[:, :, 1, :, 0], v[:, :, 1, :, 1]
        return v, v[:, :, 0, :, 1], v[:, :, 1, :, 1]

    def _rotate_controlled(self, rows, angles, sign):
        for k, (control, target) in enumerate(self.problem.controlled_pairs):
            c, s = self.xp.cos(angles[k] / 2), sign * self.xp.sin(angles[k] / 2)
            v, zero, one = self._target(rows, control, target)
            new = c * zero - s * one, s * zero + c * one
            # (first qubit, second qubit) of the pair; the control is 0 in the untouched half.
            if control < target:
                v = self.xp.stack([v[:, :, 0], self.xp.stack(new, 3)], 2)
            else:
                halves = [self.xp.stack([v[:, :, x, :, 0], new[x]], 3) for x in (0, 1)]
                v = self.xp.stack(halves, 2)
            rows = v.reshape(rows.shape)
        return rows

    def _unitary(self, rows, matrix):
        a, b = self.problem.unitary_wires
        v = rows.reshape(rows.shape[0], 2**a, 2, 2 ** (b - a - 1), 2, -1)
        return self.xp.einsum("xyij,maibjc->maxbyc", matrix.reshape(2, 2, 2, 2), v).reshape(rows.shape)

    def forward(self, rows, slice, constants):
        rotations, paulis, controlled = slice
        _, source, _, unitary = constants
        rotated = apply_one_by_one(self.xp, rows, self._gates(rotations, constants, rows.shape[0]))
        turned = self._rotate_xyz(rotated[:, source], paulis, 1)
        rows = self._rotate_controlled(turned, controlled, 1)
        return self._unitary(rows, unitary), (rotated, turned, rows)

    def backward(self, rows, tape, slice, constants, is_first=False):
        xp = self.xp
        rotations, paulis, controlled = slice
        _, _, back, unitary = constants
        tapes = tape or (None, None, None)
        rows = self._unitary(rows, dagger(xp, unitary))
        lam, psi = lambda_and_psi(rows, tapes[2])
        gradients = []
        for pair in self.problem.controlled_pairs:
            (_, l0, l1), (_, p0, p1) = self._target(lam, *pair), self._target(psi, *pair)
            gradients.append(xp.sum(xp.real(xp.conj(l1) * p0 - xp.conj(l0) * p1), (1, 2, 3)))
        rows = self._rotate_controlled(rows, controlled, -1)
        lam, psi = lambda_and_psi(rows, tapes[1])
        turns = [xp.sum(xp.imag(xp.conj(lam) * self._xyz(psi, q)), 1) for q in self.problem.pauli_starts]
        rows = self._rotate_xyz(rows, paulis, -1)[:, back]
        moments = single_qubit_moments(xp, *lambda_and_psi(rows, tapes[0]), self.n)
        first = ry_rz_gradients(xp, moments, rotations)
        if not is_first:
            gates = dagger(xp, self._gates(rotations, constants, rows.shape[0]))
            rows = apply_one_by_one(xp, rows, gates)
        return rows, xp.concatenate([first, xp.stack(turns + gradients, -1)], 1)


PROGRAMS = {"layered": Layered, "haar": Haar, "mixed": Mixed}
