"""The C sources know other processors and systems: compiled for them, though nothing here can run that."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "Sources"
VECTORS = SOURCES / "CTangentVector/include/CTangentVector.h"
PROGRAM = f"""
#include "{VECTORS}"
void fused(ctv_double4 *a, ctv_double4 *b) {{ *a = ctv_fnma(*a, *b, ctv_fma(*a, *b, *b)); }}
void moved(ctv_double4 *a, ctv_double4 *b) {{ *a = ctv_even_pairs(ctv_exchange3(*a), ctv_where_less(*a, *b, *a, *b)); }}
void turned(double angle, double *s, double *c) {{ ctv_pause(); ctv_sincos(angle, s, c); }}
const char *level(void) {{ return ctv_cpu_level(); }}
"""


def compiled(target: str, *flags: str) -> str:
    """The assembly of PROGRAM, which includes nothing of a system."""
    command = ["clang", f"--target={target}", "-O2", "-S", "-nostdinc", "-x", "c", "-Wall", "-Wno-psabi"]
    done = subprocess.run(
        [*command, "-Werror", *flags, "-", "-o", "-"], input=PROGRAM, capture_output=True, text=True
    )
    if "No available targets" in done.stderr or "unable to create target" in done.stderr:
        pytest.skip(f"this clang does not compile for {target}")
    assert done.returncode == 0, done.stderr
    return done.stdout


pytestmark = pytest.mark.skipif(
    not shutil.which("clang") or not VECTORS.exists(), reason="needs clang and the repository"
)


@pytest.mark.parametrize("target", ["aarch64-unknown-linux-gnu", "arm64-apple-macos15"])
def test_lane_vectors_on_arm64(target):
    assembly = compiled(target)
    assert len(re.findall(r"\bfmla", assembly)) == 2
    assert len(re.findall(r"\bfmls", assembly)) == 2
    assert "yield" in assembly
    assert ("__sincos" in assembly) == ("apple" in target)
    assert "baseline" in assembly


@pytest.mark.parametrize("fused", [False, True])
def test_lane_vectors_on_x86(fused):
    assembly = compiled("x86_64-unknown-linux-gnu", *(["-march=x86-64-v3"] if fused else []))
    assert ("vfmadd" in assembly and "ymm" in assembly) == fused
    assert "pause" in assembly
