"""W5: the quantum Fisher information matrix (p, p) of the layered circuit at one input."""

from ..problems import Problem
from .case import Case, Goal

PEERS = ("JAX autodiff", "NumPy adjoint", "NumPy adjoint, one thread", "Qulacs")


def _case(n: int, peers: tuple[str, ...] = PEERS, quick: bool = False) -> Case:
    return Case(
        f"W5 Fisher information, n {n}, L 8", Problem("fisher", "layered", n, 8, 1), peers, (Goal(5),), quick
    )


CASES = [_case(4, (*PEERS, "TensorCircuit, scan"), quick=True), _case(6), _case(8)]
