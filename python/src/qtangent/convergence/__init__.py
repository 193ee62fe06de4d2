"""Will it train, how fast, and why (not)? Training against its tangent kernel and its exact limit."""

from .curves import Curve
from .floor import LossFloor, loss_floor
from .rates import Estimate, RateFit, fit_rates
from .result import Rates, Study
from .study import study

__all__ = ["Curve", "Estimate", "LossFloor", "RateFit", "Rates", "Study", "fit_rates", "loss_floor", "study"]
