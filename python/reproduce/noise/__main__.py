"""python -m reproduce.noise [--short] [name ...] runs the experiments one after the other."""

from ..running import run_all
from . import EXPERIMENTS

run_all("reproduce.noise", EXPERIMENTS)
