"""What the tangent kernel and its exact limit predict of training.

Formulas: You, Chakrabarti, Chen, Wu, "Analyzing convergence in quantum neural networks: deviations from neural
tangent kernels", ICML 2023 (arXiv 2303.14844), in this library's conventions: K = J J^T, residual r = yhat - y,
loss 1/(2m) sum r^2, and time normalised so that a descent step eta advances it by eta * Zsum / m.
"""

from .bound import loss_lower_bound
from .flows import Asymptotic
from .frozen import kernel_regression, linearised_prediction, second_order_prediction
from .gaussian_process import GaussianPrediction, gaussian_process_prediction
from .limit import asymptotic, asymptotic_from_gram
from .limit_dqntk import limit_dqntk
from .lotka_volterra import LotkaVolterra, lotka_volterra
from .measured import MeasuredRegression, shot_regression
from .plateau import shot_plateau
from .restricted import asymptotic_in_algebra
from .shot_budgets import shots_for_late_law, shots_to_reach, shots_to_resolve
from .tilted import TiltedLimit, level_weights, tilted_limit

__all__ = [
    "Asymptotic",
    "GaussianPrediction",
    "LotkaVolterra",
    "MeasuredRegression",
    "TiltedLimit",
    "asymptotic",
    "asymptotic_from_gram",
    "asymptotic_in_algebra",
    "gaussian_process_prediction",
    "kernel_regression",
    "level_weights",
    "limit_dqntk",
    "linearised_prediction",
    "loss_lower_bound",
    "lotka_volterra",
    "second_order_prediction",
    "shot_plateau",
    "shot_regression",
    "shots_for_late_law",
    "shots_to_reach",
    "shots_to_resolve",
    "tilted_limit",
]
