"""What the theory claims, each as a function of measured curves that returns a verdict.

Curves are those of a study or of a sweep: one training (T,), or several draws (draws, T) for an interval over the draws.
Formulas are derived in docs/maths.md; what is proven in You et al. (arXiv 2303.14844) is named there.
"""

from .approach import approaches_limit, over_parameterised_from
from .frozen import kernel_regression_describes, kernel_stays_frozen
from .initial_kernel import finite_size_noise, haar_mean_kernel, initial_kernel_is_haar, noise_is_finite_size
from .late import above_lower_bound, kernel_sets_rate, late_time_constant, late_time_slope
from .plateau import Plateau, plateau
from .regime import Regime, follows_regime, scale_regime
from .verdict import Verdict

__all__ = [
    "Plateau",
    "Regime",
    "Verdict",
    "above_lower_bound",
    "approaches_limit",
    "finite_size_noise",
    "follows_regime",
    "haar_mean_kernel",
    "initial_kernel_is_haar",
    "kernel_regression_describes",
    "kernel_sets_rate",
    "kernel_stays_frozen",
    "late_time_constant",
    "late_time_slope",
    "noise_is_finite_size",
    "over_parameterised_from",
    "plateau",
    "scale_regime",
]
