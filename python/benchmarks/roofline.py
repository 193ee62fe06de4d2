"""Achieved GFLOP/s and GB/s beside the ceilings that ceilings.c measures on the same machine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .counts import flops, moved_bytes
from .runner import warm_up
from .workloads import case
from .workloads.case import PYTHON, C


def measure_ceilings(program: Path) -> dict:
    warm_up()
    return json.loads(subprocess.run([program], check=True, capture_output=True, text=True).stdout)


def better(ceilings: dict, others: dict) -> dict:
    """The higher of each: a ceiling that was measured in a disturbed moment is none."""
    return {key: max(value, others[key]) for key, value in ceilings.items()}


def rows(records: list[dict]) -> list[dict]:
    """One row a case whose operations are counted, by the faster route.

    The ceilings are the best of many repeats, so the rates are those of the best block of calls.
    """
    result = []
    for record in records:
        problem = case(record["case"]).problem
        operations = flops(problem)
        own = record["own"].get(C) or record["own"].get(PYTHON, {})
        if operations is None or not own.get("seconds"):
            continue
        gigaseconds = 1e9 * own["best_seconds"]
        result.append(
            {
                "case": record["case"],
                "seconds": own["seconds"],
                "best_seconds": own["best_seconds"],
                "gflops": operations / gigaseconds,
                "gbytes": moved_bytes(problem) / gigaseconds,
                "state_bytes": 16 * problem.d,
            }
        )
    return result
