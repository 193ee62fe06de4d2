"""What is measured on more and more threads: Jacobians, trainings and predictions of the layered circuit from little work
to much, and a dense one."""

from ..problems import Problem
from .case import Case

PEERS = ("JAX adjoint", "JAX adjoint, stored states")


def _layered(task: str, n: int, layers: int, m: int, steps: int = 0) -> Case:
    words = {"jacobian": "Jacobian", "training": f"{steps} steps", "expectation": "prediction"}[task]
    problem = Problem(task, "layered", n, layers, m, "z0" if n <= 12 else "zz", steps)
    peers = PEERS if task != "expectation" else ("JAX autodiff",)
    return Case(f"cores {words}, n {n}, L {layers}, m {m}", problem, peers)


CASES = [
    *(
        _layered("jacobian", *sizes)
        for sizes in (
            (4, 8, 16), (6, 16, 32), (6, 16, 1024), (8, 32, 32), (8, 32, 512), (10, 32, 16), (10, 32, 256),
            (12, 16, 8), (12, 16, 128), (16, 8, 4), (16, 8, 32), (20, 4, 1), (20, 4, 8),
        )
    ),
    _layered("training", 6, 16, 32, 100),
    _layered("training", 8, 32, 32, 100),
    _layered("training", 10, 32, 16, 100),
    _layered("training", 10, 32, 256, 10),
    *(_layered("expectation", n, 4, 1) for n in (20, 24, 26)),
    Case("cores Haar ansatz, Jacobian, d 64, p 256, m 8", Problem("jacobian", "haar", 6, 256, 8), PEERS),
]  # fmt: skip
