"""W3: one prediction of the layered circuit on many qubits, no derivative."""

from ..problems import Problem
from .case import Case, Goal

PEERS = (
    "JAX autodiff",
    "NumPy adjoint",
    "Qulacs",
    "Qulacs, optimised",
    "Qiskit Aer",
    "PennyLane lightning",
    "TensorCircuit, scan",
)


def _case(n: int, observable: str, peers: tuple[str, ...], *goals: Goal, quick: bool = False) -> Case:
    words = "Z_0" if observable == "z0" else "sum of Z Z"
    problem = Problem("expectation", "layered", n, 4, 1, observable)
    return Case(f"W3 expectation, n {n}, L 4, {words}", problem, peers, goals, quick)


CASES = [
    _case(14, "zz", ("NumPy adjoint", "JAX autodiff"), quick=True),
    _case(20, "zz", PEERS, Goal(8)),
    _case(22, "zz", PEERS[:5], Goal(8)),
    _case(24, "zz", PEERS[:4], Goal(8)),
    _case(20, "z0", (*PEERS, "Qulacs, causal cone", "TensorCircuit, light cone")),
]
