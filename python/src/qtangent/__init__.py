"""QTangent: will a quantum neural network train, how fast, and why (not)?"""

from . import ansatz, encoding
from ._errors import (
    CancelledError,
    CorruptedFileError,
    FileError,
    InternalError,
    Interrupted,
    InvalidArgumentError,
    InvalidHandleError,
    NumericalError,
    OutOfMemoryError,
    QTangentError,
    QTangentWarning,
)
from ._native import build_info
from .circuits import Angle, Circuit, feature, param
from .observables import Observable, hermitian, pauli, projector

__version__ = "0.1.0"
