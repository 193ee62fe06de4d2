"""What a circuit can express: the Lie algebra of its generators."""

from .lie_algebra import Ideal, LieAlgebra, lie_algebra

__all__ = ["Ideal", "LieAlgebra", "lie_algebra"]
