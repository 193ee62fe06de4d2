"""Studies that are saved and read again, and the report of several."""

import json
import re
from dataclasses import fields

import numpy as np
import pytest
import qtangent as qt
from qtangent.cli import main
from qtangent.convergence import Study

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
pytest.importorskip("matplotlib")


def with_states():
    states = qt.encoding.haar_states(2, 4, seed=1)
    model = qt.Model(qt.ansatz.hardware_efficient(2, 3), qt.pauli("ZI"), scale=1.5)
    held_out = {"states_test": states[:2], "y_test": [1, -1]}
    return qt.convergence.study(model, [1, -1, 1, -1], states=states, time=2.0, records=15, **held_out)


def with_features():
    """Two outputs; a feature follows a parameter, so that there is no limit and no floor."""
    circuit = (
        qt.Circuit(2).ry(qt.param(0), 0).cx(0, 1).rx(qt.feature(0), 1).ry(qt.param(1), 1).ry(qt.param(2), 0)
    )
    model = qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("IZ")])
    return qt.convergence.study(
        model, [[0.5, 0.1], [-0.5, 0.2]], X=[[0.3], [1.2]], time=1.0, records=9, X_test=[[0.5]]
    )


STUDIES = {"states": with_states, "features": with_features}


def expect_equal(one, other):
    """The same numbers, whatever they stand in."""
    if hasattr(one, "__dataclass_fields__"):
        assert type(one) is type(other)
        for field in fields(one):
            if not field.compare:  # a flow, which integrates to the same curve
                continue
            expect_equal(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, qt.Model):
        expect_equal(one.__getstate__(), other.__getstate__())
    elif isinstance(one, (tuple, list)):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            expect_equal(a, b)
    elif isinstance(one, qt.Run):
        assert one.__getstate__() == other.__getstate__()
    else:
        assert one == other


@pytest.mark.parametrize("kind", STUDIES)
def test_a_loaded_study_is_the_one_that_was_saved(kind, tmp_path):
    study = STUDIES[kind]()
    study.save(tmp_path)
    loaded = Study.load(tmp_path)
    expect_equal(study, loaded)
    assert loaded.summary() == study.summary()
    assert loaded.verdict == study.verdict
    loaded.save(tmp_path / "again")
    files = [(folder / "study.json").read_bytes() for folder in (tmp_path, tmp_path / "again")]
    assert files[0] == files[1]


def test_kernels_that_were_too_large_are_missed(tmp_path, monkeypatch):
    from qtangent.convergence.telling import storage

    study = with_states()
    study.save(tmp_path)
    monkeypatch.setattr(storage, "_MOST_KERNEL_BYTES", 5 * study.actual.kernel[0].nbytes)
    study.save(tmp_path)
    with pytest.raises(qt.FileError, match=r"too large to be saved unasked; save it with all_kernels=True"):
        Study.load(tmp_path)
    study.save(tmp_path, all_kernels=True)
    expect_equal(study, Study.load(tmp_path))


def test_what_is_no_study_is_named(tmp_path):
    with pytest.raises(qt.FileError, match=r"cannot read the study in .*No such file"):
        Study.load(tmp_path / "nothing")
    study = with_features()
    for name, damage in (
        ("study.json", lambda content: content[:50]),
        ("study.json", lambda content: b"{}"),
        ("arrays.npz", lambda content: content[:100]),
    ):
        study.save(tmp_path)
        file = tmp_path / name
        file.write_bytes(damage(file.read_bytes()))
        with pytest.raises(qt.CorruptedFileError):
            Study.load(tmp_path)


def test_a_report_of_several(tmp_path, monkeypatch, capsys):
    pytest.importorskip("jinja2")
    monkeypatch.chdir(tmp_path)
    studies = {f"<{kind}>": make() for kind, make in STUDIES.items()}
    for name, study in studies.items():
        study.save(tmp_path / name)
    assert main(["report", *studies]) == 0
    assert "report.html" in capsys.readouterr().out
    page = (tmp_path / "report.html").read_text()
    text = re.sub(r"<[^>]*>", "", page)
    for name, study in studies.items():
        assert name.replace("<", "&lt;").replace(">", "&gt;") in text
        assert json.loads((tmp_path / name / "study.json").read_text())["verdict"] == study.verdict
    assert page.count("<h3>") >= 2
    assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert main(["report", "missing"]) == 1
    assert "cannot read the study in missing" in capsys.readouterr().err
    assert main(["report", *studies, *studies]) == 1
    assert "names of their own" in capsys.readouterr().err
