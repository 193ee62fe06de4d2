"""What the tangent kernel and its exact limit predict of training.

Formulas: You, Chakrabarti, Chen, Wu, "Analyzing convergence in quantum neural networks: deviations from neural
tangent kernels", ICML 2023 (arXiv 2303.14844), in this library's conventions: K = J J^T, residual r = yhat - y,
loss 1/(2m) sum r^2, and time normalised so that a descent step eta advances it by eta * Zsum / m.
"""

from .bound import loss_lower_bound
from .frozen import kernel_regression, linearised_prediction, second_order_prediction
from .limit import Asymptotic, asymptotic, asymptotic_from_gram
from .restricted import asymptotic_in_algebra

__all__ = [
    "Asymptotic",
    "asymptotic",
    "asymptotic_from_gram",
    "asymptotic_in_algebra",
    "kernel_regression",
    "linearised_prediction",
    "loss_lower_bound",
    "second_order_prediction",
]
