"""How many steps a training needs to reach a loss, from a tenth of them."""

from .forecast import Forecast, steps_to_target

__all__ = ["Forecast", "steps_to_target"]
