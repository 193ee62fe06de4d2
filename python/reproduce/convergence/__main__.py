"""python -m reproduce.convergence [--short] [name ...] runs the experiments one after the other."""

from __future__ import annotations

import subprocess
import sys

from .common import EXPERIMENTS

chosen = [name for name in sys.argv[1:] if not name.startswith("-")] or list(EXPERIMENTS)
options = [option for option in sys.argv[1:] if option.startswith("-")]
for name in chosen:
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"reproduce.convergence.{name}.run", *options], check=True)
