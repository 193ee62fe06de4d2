"""Classical counterparts of quantum neural networks: tangent kernels of infinitely wide networks, teacher-student nets."""

from .dense import dense_ntk
from .descent import Descent, resume
from .matching import Match
from .positivity import PositiveKernel, positive
from .recurrent import recurrent_ntk
from .two_layer import TwoLayerNetwork

__all__ = [
    "Descent",
    "Match",
    "PositiveKernel",
    "TwoLayerNetwork",
    "dense_ntk",
    "positive",
    "recurrent_ntk",
    "resume",
]
