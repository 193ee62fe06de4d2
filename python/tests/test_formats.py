"""Files of earlier versions are read by this one, and whatever is written is either stored among them or read by nobody."""

from __future__ import annotations

import ast
import json
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from formats import FORMATS, STORED, WRITTEN, plain

pytest.importorskip("xarray")
pytest.importorskip("matplotlib")
ROOT = STORED.parents[2]
PACKAGE = ROOT / "python/src/qtangent"
pytestmark = [
    pytest.mark.skipif(not STORED.exists(), reason="needs the repository"),
    pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning"),
]
FIGURES = json.loads((STORED / "figures.json").read_text()) if STORED.exists() else {}

# Every place that writes a file: the format that is stored, or None for what the library never reads again.
WRITERS = {
    ("classical/student_study.py", "report"): None,
    ("cli/audit/run.py", "run"): None,
    ("cli/diagnosis/run.py", "_write"): None,
    ("cli/landscape.py", "_landscape"): None,
    ("cli/landscape.py", "_write"): None,
    ("cli/study.py", "_write"): None,
    ("cli/study_flags.py", "_report"): None,
    ("convergence/sweeps/store.py", "open"): "sweep-2",
    ("convergence/sweeps/store.py", "write"): "sweep-2",
    ("convergence/telling/storage.py", "save"): "study-2",
    ("diagnosis/result.py", "save"): "diagnosis-1.json",
    ("plots/live.py", "_update"): None,
    ("plots/live.py", "begin"): None,
}
WRITING = {"write_atomically", "write_text", "write_bytes", "to_netcdf", "tofile", "dump", "savetxt"}


def agree(found, expected, name):
    """Words and shapes alike, numbers to rounding on any machine."""
    assert found.keys() == expected.keys(), name
    for key, value in expected.items():
        now, then = np.asarray(found[key]), np.asarray(value)
        assert now.shape == then.shape, (name, key)
        if then.dtype.kind in "fi":
            np.testing.assert_allclose(now, then, rtol=0, atol=1e-11, err_msg=f"{name}: {key}")
        else:
            assert (now == then).all(), (name, key)


@pytest.mark.parametrize("name", FIGURES)
def test_a_stored_file_is_read_with_its_figures(name, tmp_path):
    """From a copy: some readers make folders."""
    copy = shutil.copytree if (STORED / name).is_dir() else shutil.copy
    copy(STORED / name, tmp_path / name)
    form = FORMATS[name]
    agree(plain(form.figures(form.read(tmp_path / name))), FIGURES[name], name)


def test_a_stored_run_goes_on(tmp_path):
    shutil.copy(STORED / "run-2.qtg", tmp_path)
    run = qt.resume(tmp_path / "run-2.qtg", 4)
    assert run.n_steps == 10
    np.testing.assert_allclose(run.loss[:7], FIGURES["run-2.qtg"]["loss"], atol=1e-11)
    assert run.loss[-1] < run.loss[6]
    np.testing.assert_allclose(
        run.predictions[-1], run.model.predict(run.theta, states=_states()), atol=1e-12
    )


def _states():
    from formats import states

    return states()


def version(path: Path) -> object:
    """What tells a format from its next version."""
    if (path / "sweep.json").exists():
        point = next((path / "points").glob("*.npz"))
        return json.loads((path / "sweep.json").read_text())["format"], _arrays(point)
    if path.is_dir():
        return sorted(json.loads((path / "study.json").read_text())), _arrays(path / "arrays.npz")
    head = path.read_bytes()[:12]
    if head.startswith(b"{"):
        return json.loads(path.read_text())["format"]
    return head if head.startswith(b"QTANG") else head[:4]


def _arrays(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return sorted(archive.namelist())


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_now_is_stored(name, tmp_path):
    """A new version needs a new entry in `formats.FORMATS`, stored by `python tests/formats.py`; the old one stays."""
    assert name in FIGURES
    FORMATS[name].write(tmp_path / name)
    assert version(tmp_path / name) in [version(STORED / one) for one in FIGURES]
    form = FORMATS[name]
    assert plain(form.figures(form.read(tmp_path / name))).keys() == FIGURES[name].keys()


def test_every_native_format_is_stored():
    """Marks and versions in the Swift sources, against the beginnings of the stored files."""
    text = "".join(path.read_text() for path in sorted((ROOT / "Sources").rglob("*.swift")))
    magics = re.findall(r'magic: "(\w{8})", version: (\d+)', text)
    tags = re.findall(r"Tag: UInt32 = 0x([\dA-F_]+)", text)
    assert (len(magics), len(tags)) == (len(re.findall(r'magic: "', text)), 6)
    expected = {magic.encode() + int(number).to_bytes(4, "little") for magic, number in magics}
    expected |= {int(tag.replace("_", ""), 16).to_bytes(4, "little") for tag in tags}
    assert expected <= {version(STORED / name) for name in FIGURES if (STORED / name).is_file()}


def test_every_place_that_writes_is_known():
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(_writes(node) for node in ast.walk(function)):
                found.add((path.relative_to(PACKAGE).as_posix(), function.name))
    assert found - {("convergence/files.py", "write_atomically")} == set(WRITERS)
    assert {name for name in WRITERS.values() if name} <= set(WRITTEN)


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    modes = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return name in WRITING or (
        name in ("open", "fdopen") and any(re.fullmatch(r"[wax]b?\+?", one) for one in modes)
    )
