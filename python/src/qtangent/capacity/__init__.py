"""What a circuit can express: the Lie algebra of its generators, the Fisher information of its training data, and its
kernel averaged over all parameters."""

from .average_kernel import AverageKernel, average_kernel
from .fisher import data_fisher_information
from .ideals import Ideal
from .lie_algebra import LieAlgebra, lie_algebra

__all__ = ["AverageKernel", "Ideal", "LieAlgebra", "average_kernel", "data_fisher_information", "lie_algebra"]
