"""What a circuit can express: the Lie algebra of its generators, the Fisher information of its training data, its kernel
averaged over all parameters, and what its states and predictions do at random parameters."""

from .average_kernel import AverageKernel, average_kernel
from .ensemble.effective_dimension import EffectiveDimension, effective_dimension
from .ensemble.entangling import EntanglingCapability, entangling_capability
from .ensemble.expressibility import Expressibility, expressibility
from .ensemble.gradient_variance import GradientVariance, gradient_variance
from .ensemble.prediction import GradientVariancePrediction, gradient_variance_prediction
from .ensemble.trend import GradientVarianceTrend, gradient_variance_trend
from .fisher import data_fisher_information
from .ideals import Ideal
from .lie_algebra import LieAlgebra, lie_algebra
from .orbit import OrbitDimension, orbit_dimension
from .strings.classification import SimplePart

__all__ = [
    "AverageKernel",
    "EffectiveDimension",
    "EntanglingCapability",
    "Expressibility",
    "GradientVariance",
    "GradientVariancePrediction",
    "GradientVarianceTrend",
    "Ideal",
    "LieAlgebra",
    "OrbitDimension",
    "SimplePart",
    "average_kernel",
    "data_fisher_information",
    "effective_dimension",
    "entangling_capability",
    "expressibility",
    "gradient_variance",
    "gradient_variance_prediction",
    "gradient_variance_trend",
    "lie_algebra",
    "orbit_dimension",
]
