"""Classical counterparts of quantum neural networks: tangent kernels of infinitely wide networks, teacher-student nets."""

from .dense import dense_ntk
from .descent import Descent, resume
from .matching import Match
from .path import MatchPath, match_path
from .positivity import PositiveKernel, positive
from .recurrent import recurrent_ntk
from .student_study import StudentStudy
from .study import study
from .two_layer import TwoLayerNetwork

__all__ = [
    "Descent",
    "Match",
    "MatchPath",
    "PositiveKernel",
    "StudentStudy",
    "TwoLayerNetwork",
    "dense_ntk",
    "match_path",
    "positive",
    "recurrent_ntk",
    "resume",
    "study",
]
