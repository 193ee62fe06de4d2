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
with the observable (-12). Amplitudes that are zero since no gate has reached them are counted; from 13 qubits on the
engine leaves them out, so that its share of the peak may come out above what the processor does. A Jacobian so needs 2 ((6 n + 12) L - 4 n - 12) m 2^n flops, a prediction
2 ((2 n + 4) L - 2 n - 4) m 2^n. With the observable Z_0 the k-th layer from the end acts on 2 k - 1 qubits of its light
cone at most, and the counts are cut to that share of the n L places; where the cone never reaches all qubits, nothing is
counted. The Haar ansatz needs 2 p - 1 complex matrix-vector products of 8 d^2 flops a sample.

Bytes: each layer one sweep over the states of 16 m 2^n bytes: forwards a read and a write (the input is made in cache),
backwards psi and lambda read, lambda written: 5 L - 3 transfers; a prediction 2 L - 2. Caches can do better where the
states fit, so this is the traffic of the level the states live in. Haar: every U_l read twice, 32 p d^2 bytes."""


def flops(problem: Problem) -> float | None:
    n, L, m, d = problem.n, problem.layers, problem.m, problem.d
    if problem.kind == "layered":
        share = 1.0
        if problem.observable == "z0":
            if n > 2 * L - 1:
                return None
            share = sum(min(n, 2 * k + 1) for k in range(L)) / (n * L)
        if problem.task == "jacobian":
            return 2.0 * share * ((6 * n + 12) * L - 4 * n - 12) * m * d
        if problem.task == "expectation":
            return 2.0 * share * ((2 * n + 4) * L - 2 * n - 4) * m * d
    if problem.kind == "haar" and problem.task == "jacobian":
        return (2 * L - 1) * 8.0 * d * d * m
    return None


def moved_bytes(problem: Problem) -> float:
    if problem.kind == "haar":
        return 32.0 * problem.layers * problem.d**2
    transfers = 5 * problem.layers - 3 if problem.task == "jacobian" else 2 * problem.layers - 2
    return 16.0 * transfers * problem.m * problem.d
