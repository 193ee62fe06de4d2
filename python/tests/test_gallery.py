"""Every program of the gallery runs, warnings are errors, and it draws; `make docs` shows them with their pictures."""

from __future__ import annotations

import runpy
from pathlib import Path

import matplotlib as mpl
import pytest

GALLERY = Path(__file__).parents[2] / "docs/gallery"


@pytest.mark.parametrize("script", sorted(GALLERY.glob("*.py")), ids=lambda script: script.stem)
def test_the_example_runs(script: Path) -> None:
    for guest in ("sklearn", "xarray", "openqasm3"):
        pytest.importorskip(guest)
    mpl.use("agg")
    import matplotlib.pyplot as plt

    shown: list[int] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plt, "show", lambda: shown.extend(plt.get_fignums()))
        runpy.run_path(str(script), run_name="__main__")
    plt.close("all")
    assert shown
