"""One command, one verdict: will it train, how fast, and why not."""

from ..convergence.codes import Code
from .comparison import Comparison
from .diagnose import diagnose
from .finding import Finding, Section
from .result import Diagnosis
from .specimens import Specimen
from .subject import Subject
from .trial import Trial

__all__ = [
    "Code",
    "Comparison",
    "Diagnosis",
    "Finding",
    "Section",
    "Specimen",
    "Subject",
    "Trial",
    "diagnose",
]
