"""Phases of training: a kernel that freezes, an error that freezes, or the critical law between them."""

from .data import Mode, Phase, phase
from .of_run import RunPhase, phase_of_run

__all__ = ["Mode", "Phase", "RunPhase", "phase", "phase_of_run"]
