"""Mixed gates: CX, rotations about Pauli strings, controlled rotations, a dense two-qubit unitary, and the data
again in every layer; predictions and Jacobian."""

from ..problems import Problem
from .case import Case, Goal

PEERS = (
    "JAX adjoint",
    "JAX adjoint, stored states",
    "JAX autodiff",
    "NumPy adjoint",
    "NumPy adjoint, one thread",
    "Qulacs",
    "TensorCircuit, scan",
)


def _case(n: int, m: int, peers: tuple[str, ...], quick: bool = False) -> Case:
    return Case(
        f"mixed gates, Jacobian, n {n}, L 8, m {m}",
        Problem("jacobian", "mixed", n, 8, m),
        peers,
        (Goal(10),),
        quick,
    )


CASES = [_case(6, 32, (*PEERS, "PennyLane lightning"), quick=True), _case(10, 16, PEERS)]
