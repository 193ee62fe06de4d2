"""The libraries of all CPU levels compute the same: every gate, encoding, observable, kind of state, blocks and tiles."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from qtangent._native import levels
from qtangent._signatures import ABI_VERSION

LIBRARIES = Path(qt.__file__).parent / "lib"
LEVELS = list(levels.LEVELS)
SHOW = "import qtangent as qt; print(qt.build_info()['cpu_level'])"


def python(*arguments, level):
    environment = {name: value for name, value in os.environ.items() if name != "QTANGENT_LIBRARY"}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True, text=True, timeout=300, env={**environment, "QTANGENT_CPU_LEVEL": level},
    )  # fmt: skip


def require(level):
    """Skips, by name, a level that cannot run here."""
    if lacked := levels.LEVELS[level] - levels.cpu_flags():
        pytest.skip(f"{level}: this CPU lacks {', '.join(sorted(lacked))}")
    if not (LIBRARIES / levels.library_file(level, ABI_VERSION)).exists():
        pytest.skip(f"{level}: not built for this machine")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What each level computed, on first demand."""
    folder, found = tmp_path_factory.mktemp("levels"), {}

    def of(level):
        if level not in found:
            require(level)
            path = folder / f"{level}.npz"
            done = python(str(Path(__file__).with_name("level_worker.py")), str(path), level=level)
            assert done.returncode == 0, done.stderr
            with np.load(path) as arrays:
                found[level] = dict(arrays)
        return found[level]

    return of


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_asked_for_is_loaded(results, level):
    assert results(level).pop("level", level) == level


@pytest.mark.parametrize("pair", list(itertools.combinations(LEVELS, 2)), ids=" and ".join)
def test_levels_agree(results, pair):
    first, second = (results(level) for level in pair)
    names = set(first) - {"level"}
    assert names == set(second) - {"level"}
    assert len(names) > 150
    for name in sorted(names):
        assert np.abs(first[name]).max() > 1e-3, name
        np.testing.assert_allclose(first[name], second[name], rtol=0, atol=1e-12, err_msg=name)


@pytest.mark.skipif(not levels.cpu_flags(), reason="needs /proc/cpuinfo")
def test_the_best_level_of_the_cpu_is_chosen():
    best = next(level for level, needed in levels.LEVELS.items() if needed <= levels.cpu_flags())
    require(best)
    assert python("-c", SHOW, level="").stdout == f"{best}\n"


def test_levels_that_do_not_exist_or_that_the_cpu_lacks_are_refused(monkeypatch):
    assert "QTANGENT_CPU_LEVEL is 'x86-64-v9'" in python("-c", SHOW, level="x86-64-v9").stderr
    monkeypatch.setenv("QTANGENT_CPU_LEVEL", "x86-64-v3")
    monkeypatch.setattr(levels, "cpu_flags", lambda: levels.LEVELS["x86-64-v3"] - {"avx2", "fma"})
    with pytest.raises(ImportError, match="this CPU lacks avx2, fma; unset it"):
        levels.chosen()
    monkeypatch.delenv("QTANGENT_CPU_LEVEL")
    monkeypatch.setattr(levels.platform, "machine", lambda: "x86_64")
    assert levels.chosen() == "baseline"
    monkeypatch.setattr(levels, "cpu_flags", lambda: levels.LEVELS["x86-64-v3"] | {"avx512f"})
    assert levels.chosen() == "x86-64-v3"
    monkeypatch.setattr(levels, "cpu_flags", lambda: levels.LEVELS["x86-64-v4"])
    assert levels.chosen() == "x86-64-v4"
