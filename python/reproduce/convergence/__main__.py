"""python -m reproduce.convergence [--short] [name ...] runs the experiments one after the other."""

from ..running import run_all
from .common import EXPERIMENTS

run_all("reproduce.convergence", EXPERIMENTS)
