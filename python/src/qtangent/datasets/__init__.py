"""Seeded data sets for studies: scikit-learn's, random states, or the user's own file or arrays."""

from .arrays import from_arrays
from .dataset import Dataset
from .images import digits
from .states import orthogonal
from .tables import breast_cancer, from_file, iris, wine

NAMES = ("digits", "orthogonal", "iris", "wine", "breast_cancer")

__all__ = [
    "NAMES",
    "Dataset",
    "breast_cancer",
    "digits",
    "from_arrays",
    "from_file",
    "iris",
    "orthogonal",
    "wine",
]
