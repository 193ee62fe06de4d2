"""W2: 100 steps of gradient descent on the mean squared error of the layered circuit, and where it ends."""

from ..problems import Problem
from .case import Case, Goal

HAND_WRITTEN = ("JAX adjoint", "JAX adjoint, stored states", "JAX autodiff", "NumPy adjoint")
ONE_THREAD = ("JAX adjoint, one thread", "NumPy adjoint, one thread")


def _case(n: int, layers: int, m: int, peers: tuple[str, ...], goal: float, quick: bool = False) -> Case:
    problem = Problem("training", "layered", n, layers, m)
    return Case(f"W2 training, 100 steps, n {n}, L {layers}, m {m}", problem, peers, (Goal(goal),), quick)


CASES = [
    _case(
        4, 8, 16,
        (*HAND_WRITTEN, *ONE_THREAD, "Qulacs", "TensorCircuit, scan", "PennyLane lightning, tapes"),
        10, quick=True,
    ),
    _case(6, 16, 32, (*HAND_WRITTEN, "Qulacs", "TensorCircuit, scan"), 15),
    _case(8, 32, 32, HAND_WRITTEN, 15),
    _case(10, 32, 16, HAND_WRITTEN, 15),
]  # fmt: skip
