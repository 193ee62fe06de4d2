"""Classical counterparts of quantum neural networks: tangent kernels of infinitely wide networks."""

from .dense import dense_ntk
from .recurrent import recurrent_ntk

__all__ = ["dense_ntk", "recurrent_ntk"]
