"""Will it train, how fast, and why (not)? Training against its tangent kernel and its exact limit."""

from ..dynamics.curves import Curve
from . import claims
from .bounds.floor import LossFloor, loss_floor
from .forecasts import Forecast, steps_to_target
from .haar import (
    Gaussianity,
    HaarMoments,
    gaussianity,
    haar_covariance,
    haar_dqntk,
    haar_kernel,
    haar_moments,
    kernel_noise,
    softest_curvature,
)
from .laws.rates import Estimate, RateFit, fit_rates
from .learning_rate import critical_learning_rate, decay_times
from .phases import Mode, Phase, RunPhase, phase, phase_of_run
from .result import Study
from .setups import haar_setup, hamiltonian_variational_setup, hardware_efficient_setup
from .study import study
from .sweeps import load_sweep, sweep
from .three_curves import Rates, kernel_drift

__all__ = [
    "Curve",
    "Estimate",
    "Forecast",
    "Gaussianity",
    "HaarMoments",
    "LossFloor",
    "Mode",
    "Phase",
    "RateFit",
    "Rates",
    "RunPhase",
    "Study",
    "claims",
    "critical_learning_rate",
    "decay_times",
    "fit_rates",
    "gaussianity",
    "haar_covariance",
    "haar_dqntk",
    "haar_kernel",
    "haar_moments",
    "haar_setup",
    "hamiltonian_variational_setup",
    "hardware_efficient_setup",
    "kernel_drift",
    "kernel_noise",
    "load_sweep",
    "loss_floor",
    "phase",
    "phase_of_run",
    "softest_curvature",
    "steps_to_target",
    "study",
    "sweep",
]
