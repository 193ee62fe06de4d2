"""The phase in studies: before and after training, in sentences, JSON and figures."""

import json

import numpy as np
import pytest
import qtangent as qt
from qtangent import convergence
from qtangent.plots import single

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


def one_sample(label, p=48):
    model = qt.Model(qt.ansatz.haar(2, p, seed=0), qt.pauli("ZI") + 0.5 * qt.pauli("IZ"))
    return convergence.study(model, [label], time=30, records=80)


@pytest.fixture(scope="module")
def projector():
    """Two orthogonal states labelled 0.7, which a projector cannot reach together."""
    model = qt.Model(qt.ansatz.haar(3, 160, seed=0), qt.projector("000"))
    return convergence.study(model, [0.7, 0.7], states=np.eye(8)[:2], time=40, records=60)


@pytest.mark.parametrize(
    ("label", "kind"), [(0.6, "frozen kernel"), (1.5, "critical"), (2.1, "frozen error")]
)
def test_one_sample_shows_the_phase_of_its_label(label, kind):
    study = one_sample(label)
    assert study.phases.before.kind == study.phases.after.kind == kind
    assert study.phases.before.margin == pytest.approx(1.5 - label, abs=1e-9)
    text = study.summary()
    assert f"Phase by data and spectrum: {kind}." in text
    assert f"Phase that training shows: {kind}." in text
    assert study.verdict.endswith(f" Its phase is {kind}, by data and training.")


def test_two_samples_share_an_edge(projector):
    before, after = projector.phases.before, projector.phases.after
    assert before.kind == after.kind == "frozen error"
    np.testing.assert_allclose(before.normals, [[np.sqrt(0.5)] * 2])
    assert len(after.kinds) == 1
    assert projector.floor == pytest.approx(0.02)


def test_the_phase_is_saved_and_loaded(projector, tmp_path):
    projector.save(tmp_path / "study")
    written = json.loads((tmp_path / "study/study.json").read_text())["phase"]
    assert written["reason"] is None
    assert written["before"]["kind"] == written["after"]["kind"] == "frozen error"
    assert written["before"]["margin"] == pytest.approx(-np.sqrt(0.08))
    assert [one["count"] for one in written["before"]["modes"]] == [1, 1]
    assert (tmp_path / "study/figures/phase.svg").read_bytes().startswith(b"<?xml")
    again = convergence.Study.load(tmp_path / "study")
    assert again.phases.as_dict() == projector.phases.as_dict()


def lines(study):
    """(x, y) of the closed forms in the figure of the phase."""
    axes = single("phase", study).axes[0]
    return [line.get_xydata().T for line in axes.lines if line.get_linestyle() == ":"]


@pytest.mark.parametrize("label", [0.6, 1.5, 2.1])
def test_the_late_law_of_one_sample_lies_on_the_training(label):
    """Kernel and residual of the closed form where they are above rounding, at enough parameters for lambda to settle."""
    study = one_sample(label, p=192)
    kernel, residual = lines(study)
    for (time, values), curve in (
        (kernel, study.actual.kernel[:, 0, 0]),
        (residual, abs(study.actual.residuals[:, 0])),
    ):
        trained = np.interp(time, study.actual.time, curve)
        seen = (values > 1e-6) & (trained > 1e-6)
        assert seen.sum() >= 5
        fall = abs(np.log(trained[seen] / trained[seen][0]))
        assert (abs(np.log(values[seen] / trained[seen])) <= 0.05 + 0.15 * fall).all()


def test_a_frozen_error_stays_at_its_distance(projector):
    ((_, values),) = lines(projector)
    np.testing.assert_allclose(values, np.sqrt(0.08))


def test_a_critical_edge_has_the_law_of_its_kernel():
    model = qt.Model(qt.ansatz.haar(3, 200, seed=1), qt.projector("000"))
    study = convergence.study(model, [0.5, 0.5], states=np.eye(8)[:2], time=40, records=40)
    assert study.phases.before.kind == "critical"
    ((time, values),) = lines(study)
    np.testing.assert_allclose(values * time, 1)
    w = study.phases.before.normals[0]
    assert 0.7 < w @ study.asymptotic.kernel[-1] @ w * study.asymptotic.time[-1] < 1.5


def test_where_there_is_no_phase_the_reason_stands():
    circuit = qt.ansatz.hardware_efficient(2, 4)
    two = qt.Model(circuit, [qt.pauli("ZI"), qt.pauli("IZ")])
    study = convergence.study(two, [[1.0, 0.0]], time=0.5, records=3)
    assert study.phases.before is None
    assert study.phases.after is None
    assert "No phase is told by the data: phases are those of one output" in study.summary()
    assert not lines(study)
    moving = qt.Circuit(1).ry(qt.param(0), 0).ry(qt.feature(0), 0).rx(qt.param(1), 0)
    study = convergence.study(qt.Model(moving, qt.pauli("Z")), [0.5], X=[[0.3]], time=20)
    assert "features act after parameters" in study.phases.reason
    assert study.phases.after is not None
    assert f" Its phase is {study.phases.after.kind}, by training." in study.verdict
