"""The loss landscape: exact coefficients, hard data sets, minima and their certificates.

Formulas: You, Wu, "Exponentially many local minima in quantum neural networks", ICML 2021 (arXiv 2110.02479), whose
construction and proofs are derived anew in docs/landscape.md, for this library's loss 1/(2m) sum (yhat - y)^2.
"""

from .basins import Basins, basins
from .hard import HardDataset, hard_dataset
from .minima import Degenerate, Minima, find_minima
from .paths import Path, path
from .slices import Slice, slice
from .spectrum import Spectrum
from .success import SuccessRate, success_rate
from .trigonometric import Trigonometric, trigonometric

__all__ = [
    "Basins",
    "Degenerate",
    "HardDataset",
    "Minima",
    "Path",
    "Slice",
    "Spectrum",
    "SuccessRate",
    "Trigonometric",
    "basins",
    "find_minima",
    "hard_dataset",
    "path",
    "slice",
    "success_rate",
    "trigonometric",
]
