"""Floating-point operations and bytes that the algorithm needs, whatever an implementation does beyond it.

A multiplication with an addition counts 2, so the sums of products below count slots of a fused multiply-add, twice.
"""

from __future__ import annotations

from .problems import Problem

TEXT = """\
Per real amplitude pair (re, im) and layer of the layered circuit, in slots of one fused multiply-add (2 flops):

| part | slots |
|---|---|
| RY in tangent form (a + t b, the cosines go into the phases), on n qubits | 2 n |
| phases of RZ and the CZ ring: one complex product | 4 |
| backwards: RY un-applied from lambda | 2 n |
| backwards: phases un-applied from lambda | 4 |
| Re<lambda\\|iY psi> of n qubits, psi stored on the way forward | 2 n |
| Im(conj(lambda) psi), and its folds over the bits for the n derivatives of RZ | 2 + 2 |

The first layer's RY goes into the product input and need not be un-applied (-4 n), the last layer's phases commute
with the observable (-12). A Jacobian so needs 2 ((6 n + 12) L - 4 n - 12) m 2^n flops, a prediction
2 ((2 n + 4) L - 2 n - 4) m 2^n. With the observable Z_0 the k-th layer from the end acts on 2 k - 1 qubits of its light
cone at most, and the counts are cut to that share of the n L places; where the cone never reaches all qubits, nothing is
counted. With the other observable and more than 12 qubits, where states go through the engine one by one, amplitudes that
are zero since no gate has reached them need nothing: qubits come in one after the other along the ring, and with j of
them at most j - 2 k have their rotation of layer k behind them, on 2^j amplitudes; the last qubit closes the ring and
lets the rest happen on all of them. The counts are cut to that share of the n L places (n = 20, L = 4: a quarter).
The Haar ansatz needs 2 p - 1 complex matrix-vector products a sample, of 4 d^2 flops, since of a unitary between two
evolutions the cosine-sine decomposition leaves two blocks of half its size.

Bytes: each layer one sweep over the states of 16 m 2^n bytes: forwards a read and a write (the input is made in cache),
backwards psi and lambda read, lambda written: 5 L - 3 transfers; a prediction 2 L - 2. Caches can do better where the
states fit, so this is the traffic of the level the states live in; they are cut to the same share. Haar: the blocks of
every U_l read twice, 16 p d^2 bytes."""


BLOCK_QUBITS = 12
"""Registers of more qubits go through the engine one state at a time."""


def reached_share(n: int, L: int) -> float:
    """The share of the n L places of rotations, each weighted by the part of the amplitudes that exist when it acts."""
    done = [sum(max(0, j - 2 * k) for k in range(L)) for j in range(n)] + [n * L]
    return sum((done[j] - done[j - 1]) * 2.0 ** (j - n) for j in range(1, n + 1)) / (n * L)


def flops(problem: Problem) -> float | None:
    n, L, m, d = problem.n, problem.layers, problem.m, problem.d
    if problem.kind == "layered":
        share = 1.0
        if problem.observable == "z0":
            if n > 2 * L - 1:
                return None
            share = sum(min(n, 2 * k + 1) for k in range(L)) / (n * L)
        elif n > BLOCK_QUBITS:
            share = reached_share(n, L)
        if problem.task == "jacobian":
            return 2.0 * share * ((6 * n + 12) * L - 4 * n - 12) * m * d
        if problem.task == "expectation":
            return 2.0 * share * ((2 * n + 4) * L - 2 * n - 4) * m * d
    if problem.kind == "haar" and problem.task == "jacobian":
        return (2 * L - 1) * 4.0 * d * d * m
    return None


def moved_bytes(problem: Problem) -> float:
    if problem.kind == "haar":
        return 16.0 * problem.layers * problem.d**2
    transfers = 5 * problem.layers - 3 if problem.task == "jacobian" else 2 * problem.layers - 2
    is_partial = problem.n > BLOCK_QUBITS and problem.observable != "z0"
    share = reached_share(problem.n, problem.layers) if is_partial else 1.0
    return 16.0 * share * transfers * problem.m * problem.d
