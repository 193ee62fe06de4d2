"""python -m reproduce.transitions [--short] [name ...] runs the experiments one after the other."""

from ..running import run_all
from . import EXPERIMENTS

run_all("reproduce.transitions", EXPERIMENTS)
