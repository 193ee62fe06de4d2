"""Mixed calls for long: memory stays, and no handle is left."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .parts import Part

SHORT, LONG = 60, 30 * 60


def tried(number: int) -> dict[str, float]:
    """The first round is a short one."""
    seconds = LONG if number else SHORT
    worker = Path(__file__).parents[1] / "soak_worker.py"
    done = subprocess.run(
        [sys.executable, worker, str(seconds)], capture_output=True, text=True, timeout=4 * seconds + 600
    )
    assert done.returncode == 0, f"code {done.returncode}: {done.stderr[-2000:]}"
    found = json.loads(done.stdout)
    assert found["handles"] == 0, f"{found['handles']} handles are left"
    assert found["end"] < 1.02 * found["warm"] + 4e6, f"{found['warm']} bytes have become {found['end']}"
    return {"calls": found["calls"], "seconds": seconds}


PARTS = [
    Part(
        "soak",
        "mixed calls for half an hour: no handle is left, and memory grows by less than 2 % and 4 MB once it is warm",
        1,
        2,
        tried,
    )
]
