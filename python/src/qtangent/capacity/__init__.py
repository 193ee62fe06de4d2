"""What a circuit can express: the Lie algebra of its generators, the Fisher information of its training data."""

from .fisher import data_fisher_information
from .ideals import Ideal
from .lie_algebra import LieAlgebra, lie_algebra

__all__ = ["Ideal", "LieAlgebra", "data_fisher_information", "lie_algebra"]
