"""QTangent: will a quantum neural network train, how fast, and why (not)?"""

from typing import TYPE_CHECKING

from . import ansatz, callbacks, capacity, dynamics, encoding, noise
from ._native import build_info, get_num_threads, set_num_threads
from ._native.errors import (
    CancelledError,
    CorruptedFileError,
    FileError,
    InternalError,
    Interrupted,
    InvalidArgumentError,
    InvalidHandleError,
    NotIndependentError,
    NumericalError,
    OutOfMemoryError,
    QTangentError,
    QTangentWarning,
)
from .angles import Angle, config, feature, param
from .circuits import Circuit
from .instructions import Instruction
from .models import Model
from .noise import NoiseModel
from .observables import Observable, Term, hermitian, pauli, projector
from .optimizers import (
    LBFGS,
    Adam,
    CosineDecay,
    ExponentialDecay,
    GradientDescent,
    GradientFlow,
    Momentum,
    NaturalGradient,
    RMSProp,
    StepDecay,
)
from .qasm.errors import QasmError
from .runs import Run
from .samples import Samples
from .shots.counts import Shots
from .training import Checkpoint, resume, train
from .trajectories import Estimate

if TYPE_CHECKING:
    from .diagnosis import diagnose

__version__ = "0.1.0"

# Imported when they are first used: they need packages of the extras.
_LAZY = (
    "audit",
    "classical",
    "convergence",
    "datasets",
    "diagnosis",
    "jax",
    "landscape",
    "pennylane",
    "plots",
    "qiskit",
    "report",
    "sklearn",
    "torch",
)


def __getattr__(name: str) -> object:
    if name in _LAZY:
        import importlib

        return importlib.import_module(f".{name}", __name__)
    if name == "diagnose":
        from .diagnosis import diagnose

        return diagnose
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, "diagnose"})


__all__ = [
    "LBFGS",
    "Adam",
    "Angle",
    "CancelledError",
    "Checkpoint",
    "Circuit",
    "CorruptedFileError",
    "CosineDecay",
    "Estimate",
    "ExponentialDecay",
    "FileError",
    "GradientDescent",
    "GradientFlow",
    "Instruction",
    "InternalError",
    "Interrupted",
    "InvalidArgumentError",
    "InvalidHandleError",
    "Model",
    "Momentum",
    "NaturalGradient",
    "NoiseModel",
    "NotIndependentError",
    "NumericalError",
    "Observable",
    "OutOfMemoryError",
    "QTangentError",
    "QTangentWarning",
    "QasmError",
    "RMSProp",
    "Run",
    "Samples",
    "Shots",
    "StepDecay",
    "Term",
    "ansatz",
    "build_info",
    "callbacks",
    "capacity",
    "config",
    "diagnose",
    "dynamics",
    "encoding",
    "feature",
    "get_num_threads",
    "hermitian",
    "landscape",
    "noise",
    "param",
    "pauli",
    "projector",
    "resume",
    "set_num_threads",
    "train",
]
