"""python -m reproduce.recurrent_kernel [--short] [name ...] runs the experiments one after the other."""

from ..running import run_all
from . import EXPERIMENTS

run_all("reproduce.recurrent_kernel", EXPERIMENTS)
