"""Every call that may take long has a case in `interrupts`, where signals come at any moment of it."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest
from interrupts.functions import FUNCTIONS, PACKAGES
from interrupts.registry import CASES, SUBSYSTEMS

ABI = Path(__file__).parents[2] / "bindings/abi.json"


@pytest.mark.skipif(not ABI.exists(), reason="needs the repository")
def test_every_c_function_that_can_be_cancelled_has_a_case():
    functions = json.loads(ABI.read_text())["functions"]
    long = {
        name
        for name, function in functions.items()
        if "qtg_cancel" in function["arguments"].values() and not name.startswith("qtg_cancel_")
    }
    assert len(long) > 30
    assert {case.function for case in CASES.values() if case.function} == long


def public() -> set[str]:
    """Functions and estimators of the packages in which calls may take long."""
    found = set()
    for package in PACKAGES:
        module = importlib.import_module(f"qtangent.{package}")
        for name in module.__all__:
            one = getattr(module, name)
            if inspect.isfunction(one) or hasattr(one, "fit"):
                found.add(f"{package}.{name}")
    return found


def test_every_public_function_has_a_case_or_a_reason():
    assert set(FUNCTIONS) == public()
    reasons = {"arithmetic", "files", "builds"}
    assert {told for told in FUNCTIONS.values() if told not in CASES} <= reasons


def test_names_are_those_of_one_case():
    assert len(CASES) == sum(map(len, SUBSYSTEMS.values()))


def run(script: str) -> subprocess.CompletedProcess[str]:
    """A program beside the tests' modules."""
    here = Path(__file__).parent
    return subprocess.run(
        [sys.executable, "-c", script], cwd=here, capture_output=True, text=True, timeout=120
    )


BROKEN = """
import time
import numpy as np
from interrupts import worker
from interrupts.case import Case
inputs = np.ones(3)
{kept}
def make():
    def call():
        {call}
        return 1
    return call, (inputs,)
worker.CASES["broken"] = Case("broken", make, loops=True)
worker.sys.argv = ["", "broken", "1", "2"]
worker.main()
"""
LEFT = {
    "swallows the exception": (
        "",
        "try: time.sleep(1)\n        except Exception: pass\n        except KeyboardInterrupt: pass",
        "the exception was lost",
    ),
    "writes to its inputs": (
        "",
        "try: time.sleep(1)\n        except BaseException: inputs[0] = 2; raise",
        "the inputs changed",
    ),
    "goes on in a thread": (
        "import threading",
        "time.sleep(0.2); threading.Thread(target=time.sleep, args=(30,), daemon=True).start(); time.sleep(0.5)",
        "the call goes on",
    ),
    "keeps a handle": (
        "import qtangent as qt\nkept = []",
        "try: time.sleep(1)\n        except BaseException: kept.append(qt.pauli('Z')); raise",
        "handles in the place of",
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_the_worker_finds_a_call_that(name):
    kept, call, message = LEFT[name]
    done = run(BROKEN.format(kept=kept, call=call))
    assert done.returncode != 0
    assert message in done.stderr
