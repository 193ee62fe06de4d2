"""Estimators for scikit-learn: kernel machines over every kernel of the library, and quantum neural networks."""

from .._extras import require

# Before the modules below import it, so that the error says how to install it.
require("sklearn", "scikit-learn", "sklearn", at_least="1.6")

# ruff: noqa: E402
from .encoder import Encoder
from .kernels import DenseKernel, FidelityKernel, RecurrentKernel, TangentKernel
from .machines import TangentKernelClassifier, TangentKernelRegressor
from .networks import QNNClassifier, QNNRegressor
from .search import KernelSearchCV

__all__ = [
    "DenseKernel",
    "Encoder",
    "FidelityKernel",
    "KernelSearchCV",
    "QNNClassifier",
    "QNNRegressor",
    "RecurrentKernel",
    "TangentKernel",
    "TangentKernelClassifier",
    "TangentKernelRegressor",
]
