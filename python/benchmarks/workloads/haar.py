"""W4: the Haar ansatz, prod_l exp(-i theta_l Z_0) U_l: its Jacobian, and 100 steps of descent."""

from ..problems import Problem
from .case import Case, Goal

PEERS = ("JAX adjoint", "JAX adjoint, stored states", "JAX autodiff", "NumPy adjoint")
ONE_THREAD = ("JAX adjoint, one thread", "NumPy adjoint, one thread")


def _case(
    task: str, n: int, p: int, m: int, peers: tuple[str, ...], goal: float, quick: bool = False
) -> Case:
    words = "Jacobian" if task == "jacobian" else "100 steps"
    problem = Problem(task, "haar", n, p, m)
    return Case(f"W4 Haar ansatz, {words}, d {2**n}, p {p}, m {m}", problem, peers, (Goal(goal),), quick)


CASES = [
    _case(
        "jacobian", 4, 64, 4, (*PEERS, *ONE_THREAD, "Qulacs", "PennyLane lightning, tapes"), 10, quick=True
    ),
    _case("jacobian", 6, 256, 8, (*PEERS, *ONE_THREAD, "Qulacs"), 5),
    _case("training", 4, 64, 4, (*PEERS, *ONE_THREAD), 10),
    _case("training", 6, 256, 8, PEERS, 5),
]
