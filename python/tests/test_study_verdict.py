"""What a study concludes: a code of the list that diagnoses use, a sentence, and what to do."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from qtangent.convergence import Study
from qtangent.convergence.codes import Code
from qtangent.convergence.remedies import more_parameters

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


def orthogonal(scale: float, y: object = (1, 1, -1, -1), **options: object) -> Study:
    states = qt.encoding.haar_states(3, len(list(y)), seed=1)  # type: ignore[call-overload]
    model = qt.Model(qt.ansatz.haar(3, 128, seed=2), qt.pauli("ZII"), scale=scale)
    return qt.convergence.study(model, y, states=states, **{"time": 20.0, **options})


def expect(study: Study, code: Code, opening: str, *parts: str) -> None:
    assert study.code is code
    assert study.verdict.startswith(opening)
    for part in parts:
        assert part in study.verdict + study.advice


def test_eight_parameters_cannot_move_32_predictions() -> None:
    """As `qtangent study --dataset iris --layers 1 --scale 1`."""
    pytest.importorskip("sklearn")
    data = qt.datasets.iris(n_qubits=4)
    circuit = qt.ansatz.hardware_efficient(4, 1)
    model = qt.Model(data.encoding + circuit, qt.pauli("ZIII"))
    study = qt.convergence.study(model, data.y, X=data.X, time=20)
    assert (study.settings["parameters"], study.settings["samples"]) == (8, 32)
    kernels = [model.tangent_kernel(theta, data.X) for theta in (study.run.theta_history[0], study.theta)]
    ranks = [int(np.linalg.matrix_rank(kernel, hermitian=True, rtol=1e-12)) for kernel in kernels]
    assert study.movable.rank == max(ranks) < 8
    expect(
        study,
        Code.CANNOT,
        "Cannot: the tangent kernel has rank",
        "21.9 %",
        "at least 32",
        "measure other qubits",
    )


def test_no_number_of_parameters_is_advised_beyond_what_an_observable_has() -> None:
    """Residuals of encoded states move as tr(dM rho) does, dM on one qubit one of four numbers; the rank shows it."""
    X = np.linspace(0, 3, 12)[:, None]
    y = np.where(np.arange(12) % 2, 1.0, -1.0)
    encoding = qt.Circuit(1).ry(qt.feature(0), 0)
    deep = qt.Circuit(1)
    for k in range(20):
        deep.rx(qt.param(2 * k), 0).rz(qt.param(2 * k + 1), 0)
    model = qt.Model(encoding + deep, qt.pauli("Z"))
    study = qt.convergence.study(model, y, X=X, time=5)
    assert study.movable.rank <= 4 < study.movable.residuals
    few = more_parameters(model, study.movable.rank, 12, study.floors)
    assert "at most 4 of 12 residuals" in few
    assert "in more qubits" in few
    assert "at least 12" in more_parameters(model, study.movable.rank, 12, ())


def test_the_unmovable_loss_is_a_projection() -> None:
    study = orthogonal(1.0, [1, -1, 1, -1, 1, -1, 1, -1], time=1.0)
    short = qt.convergence.study(
        qt.Model(qt.ansatz.haar(3, 3, seed=0), qt.pauli("ZII")),
        study.problem.y,
        states=study.problem.states,
        time=5,
    )
    losses = []
    for theta in (short.run.theta_history[0], short.theta):
        jacobian = short.problem.model.jacobian(theta, states=short.problem.states)
        residual = short.problem.model.predict(theta, states=short.problem.states) - short.problem.y
        fitted = jacobian @ np.linalg.lstsq(jacobian, residual, rcond=None)[0]
        losses.append(np.sum((residual - fitted) ** 2) / 16)
    assert short.movable.unmovable_loss == pytest.approx(min(losses))
    assert (short.movable.rank, short.movable.residuals) == (3, 8)
    assert study.movable.unmovable_loss == pytest.approx(0, abs=1e-12) or study.movable.rank < 8


@pytest.mark.parametrize(("scale", "law"), [(1.0, "falling as t^-"), (2.0, "falling as exp(-")])
def test_what_is_right_throughout_trains_by_whatever_law(scale: float, law: str) -> None:
    study = orthogonal(scale)
    assert study.train_accuracy is not None
    assert study.train_accuracy[-1] == 1
    expect(study, Code.TRAINS, "Trains", law, "100 % of the training samples right")
    assert study.advice == ""


def test_labels_outside_the_measurement_cannot() -> None:
    study = orthogonal(0.5)
    expect(study, Code.CANNOT, "Cannot: the labels lie outside", "25 %", "from 0.5 to more than 1")
    for scale in (-0.5, 0.5):
        model = qt.Model(
            qt.ansatz.haar(2, 40, seed=0), qt.pauli("ZI") + 0.5 * qt.projector("00"), scale=scale
        )
        lopsided = qt.convergence.study(
            model, [3.0, -1.0], states=qt.encoding.haar_states(2, 2, seed=0), time=1
        )
        # Upwards the observable reaches 1.5, downwards -1.
        factor = max(3 / 1.5, 1 / 1) if scale > 0 else max(3 / 1, 1 / 1.5)
        assert f"to more than {factor:g}," in lopsided.advice


def test_equal_states_with_opposite_labels_cannot() -> None:
    states = np.repeat(qt.encoding.haar_states(3, 4, seed=0), 2, axis=0)
    model = qt.Model(qt.ansatz.haar(3, 60, seed=0), qt.pauli("ZII"))
    study = qt.convergence.study(model, np.resize([1.0, -1.0], 8), states=states)
    expect(study, Code.CANNOT, "Cannot: no circuit gets below 0.5", "50 %", "tells equal states apart")


def test_a_law_that_is_far_from_its_goal_is_too_slow() -> None:
    numbers = [0.999, -0.5, 0.25, -0.999]
    short = orthogonal(1.0, numbers, time=0.01, dt=0.001)
    expect(short, Code.TOO_SLOW, "Too slow, the loss falling as exp(-", "at about t = ", "learning rate")
    assert orthogonal(1.0, numbers).code is Code.TRAINS


def test_no_sentence_contradicts_the_floor() -> None:
    """A plateau that a factor e would take below the floor is not said to fall by it."""
    states = qt.encoding.haar_states(3, 4, orthogonal=False, seed=0)
    study = qt.convergence.study(
        qt.Model(qt.ansatz.haar(3, 20, seed=0), qt.pauli("ZII")), [1, -1, 1, -1], states=states, time=60
    )
    assert study.floor
    assert study.rates.actual.law == "plateau"
    assert study.rates.promised_at_end * 60 > 0.05
    assert study.actual.final_loss < np.e * study.floor
    assert "a factor e" not in study.summary()


def test_the_verdict_is_saved(tmp_path) -> None:
    import json

    pytest.importorskip("matplotlib")
    study = orthogonal(0.5, time=2.0)
    study.save(tmp_path)
    content = json.loads((tmp_path / "study.json").read_text())
    assert (content["code"], content["verdict"], content["advice"]) == (
        study.code.value,
        study.verdict,
        study.advice,
    )
    assert (Study.load(tmp_path).code, Study.load(tmp_path).verdict) == (study.code, study.verdict)
