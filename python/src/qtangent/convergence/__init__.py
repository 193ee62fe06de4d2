"""Will it train, how fast, and why (not)? Training against its tangent kernel and its exact limit."""

from ..dynamics.curves import Curve
from . import claims
from .bounds.floor import LossFloor, loss_floor
from .laws.rates import Estimate, RateFit, fit_rates
from .learning_rate import critical_learning_rate, decay_times
from .record import Rates, kernel_drift
from .result import Study
from .setups import haar_setup, hamiltonian_variational_setup, hardware_efficient_setup
from .study import study
from .sweeps import load_sweep, sweep

__all__ = [
    "Curve",
    "Estimate",
    "LossFloor",
    "RateFit",
    "Rates",
    "Study",
    "claims",
    "critical_learning_rate",
    "decay_times",
    "fit_rates",
    "haar_setup",
    "hamiltonian_variational_setup",
    "hardware_efficient_setup",
    "kernel_drift",
    "load_sweep",
    "loss_floor",
    "study",
    "sweep",
]
