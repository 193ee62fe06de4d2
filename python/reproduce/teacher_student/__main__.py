"""python -m reproduce.teacher_student [--short] [name ...] runs the experiments one after the other."""

from ..running import run_all
from . import EXPERIMENTS

run_all("reproduce.teacher_student", EXPERIMENTS)
