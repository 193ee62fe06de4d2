"""W1: predictions and Jacobian of the layered circuit, d yhat_j / d theta_l for all samples and parameters."""

from ..problems import Problem
from .case import C, Case, Goal

HAND_WRITTEN = (
    "JAX adjoint",
    "JAX adjoint, stored states",
    "JAX adjoint, Kronecker",
    "JAX autodiff",
    "NumPy adjoint",
)
ONE_THREAD = ("NumPy adjoint, one thread", "JAX adjoint, one thread")
LIBRARIES = ("Qulacs", "TensorCircuit, scan", "PennyLane lightning, tapes")
EVERYTHING = (*HAND_WRITTEN, *ONE_THREAD, *LIBRARIES, "TensorCircuit", "PennyLane lightning")
LIGHT_CONE = "TensorCircuit, light cone"


def _case(n: int, layers: int, m: int, peers: tuple[str, ...], *goals: Goal, **options) -> Case:
    observable = options.pop("observable", "z0")
    suffix = "" if n < 16 else ", Z_0" if observable == "z0" else ", sum of Z Z"
    problem = Problem("jacobian", "layered", n, layers, m, observable)
    return Case(f"W1 Jacobian, n {n}, L {layers}, m {m}{suffix}", problem, peers, goals, **options)


CASES = [
    _case(4, 8, 16, (*EVERYTHING, "Qiskit Aer"), Goal(18), Goal(30, C), quick=True),
    _case(6, 16, 32, (*HAND_WRITTEN, *ONE_THREAD, *LIBRARIES, "PennyLane lightning"), Goal(30)),
    _case(8, 32, 32, (*HAND_WRITTEN, *ONE_THREAD, *LIBRARIES), Goal(15)),
    _case(10, 32, 16, (*HAND_WRITTEN, *LIBRARIES), Goal(15)),
    _case(12, 16, 8, (*HAND_WRITTEN, *LIBRARIES), Goal(15)),
    _case(16, 8, 4, (*HAND_WRITTEN, *LIBRARIES), Goal(12), observable="zz"),
    _case(20, 4, 1, (*HAND_WRITTEN, *LIBRARIES), Goal(12), observable="zz"),
    _case(16, 8, 4, (*HAND_WRITTEN, *LIBRARIES)),
    _case(
        20, 4, 1, (*HAND_WRITTEN, *LIBRARIES, LIGHT_CONE),
        Goal(100, excluding=(LIGHT_CONE,)), Goal(5, against=(LIGHT_CONE,)),
    ),
]  # fmt: skip
