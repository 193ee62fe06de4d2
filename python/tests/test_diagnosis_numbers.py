"""Every number of a diagnosis is that of the public function which computes it, or of plain linear algebra."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import qtangent as qt
from qtangent import capacity, convergence
from qtangent.diagnosis import Code, Diagnosis

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

SEED, M = 3, 20


def parts() -> tuple[qt.Model, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X, y = random.uniform(0, 3, (M, 2)), np.resize([1.0, -1.0], M)
    circuit = qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 2)
    return qt.Model(circuit, qt.pauli("ZI"), scale=1.5), X, y


def theta() -> np.ndarray:
    model, X, y = parts()
    return qt.train(model, y, X=X, seed=SEED, steps=0).theta


@pytest.fixture(scope="module")
def found() -> Diagnosis:
    model, X, y = parts()
    return qt.diagnose(model, y, X=X, seed=SEED)


def drawn(count: int = 5) -> np.ndarray:
    return np.random.default_rng([SEED, 1]).uniform(0, 2 * np.pi, (count, parts()[0].n_params))


def loss_floor() -> float:
    _, X, y = parts()
    states = qt.Model(qt.encoding.angle(2), qt.pauli("ZI")).output_states([], X)
    return convergence.loss_floor(states, y, np.repeat([-1.5, 1.5], states.shape[1] // 2)).value


def kernel_rank() -> float:
    model, X, _ = parts()
    return float(np.median([np.linalg.matrix_rank(model.jacobian(one, X), rtol=1e-8) for one in drawn()]))


def unmovable_loss() -> float:
    model, X, y = parts()
    left = []
    for one in [theta(), *drawn()]:
        jacobian, residual = model.jacobian(one, X), model.predict(one, X) - y
        rest = residual - jacobian @ np.linalg.lstsq(jacobian, residual, rcond=1e-8)[0]
        left.append(float(rest @ rest) / (2 * M))
    return min(left)


def kernel() -> np.ndarray:
    model, X, _ = parts()
    return np.asarray(model.tangent_kernel(theta(), X))


def alignment() -> float:
    y = parts()[2]
    return float(y @ kernel() @ y / (np.linalg.norm(kernel()) * np.linalg.norm(np.outer(y, y))))


def effective_dimension() -> float:
    model, X, _ = parts()
    return capacity.effective_dimension(model, X=X, data_size=M, draws=50, seed=SEED).value


def gradient_variance() -> float:
    model, X, _ = parts()
    return capacity.gradient_variance(model, X=X, draws=100, seed=SEED).mean


def decay_time() -> float:
    rate = convergence.critical_learning_rate(kernel(), M) / 2
    times = convergence.decay_times(kernel(), rate, M)
    return float(times[np.isfinite(times)].max())


def short_training_loss() -> float:
    model, X, y = parts()
    return convergence.study(model, y, X=X, theta=theta(), records=30, max_steps=30).actual.final_loss


def final_loss() -> float:
    """The best of 16 starts, 200 steps of L-BFGS each, one by one."""
    model, X, y = parts()
    starts = np.random.default_rng([SEED, 5]).uniform(0, 2 * np.pi, (16, model.n_params))
    runs = [qt.train(model, y, X=X, theta=one, optimizer=qt.LBFGS(), steps=200) for one in starts]
    return min(float(run.loss[-1]) for run in runs)


def phase_margin() -> float:
    _, X, y = parts()
    states = qt.Model(qt.encoding.angle(2), qt.pauli("ZI")).output_states([], X)
    return convergence.phase(np.repeat([-1.5, 1.5], states.shape[1] // 2), y, states).margin


def steps_to_target() -> float | None:
    model, X, y = parts()
    floor = loss_floor()
    target = floor + 0.05 * (
        0.5 - floor
    )  # labels +-1, as many of each: the best constant prediction leaves 1/2
    found = convergence.steps_to_target(model, y, target, X=X, theta=theta(), evaluations=120)
    return None if found.never else found.steps


NUMBERS: dict[str, Callable[[], float | None]] = {
    "express.loss_floor": loss_floor,
    "express.kernel_rank": kernel_rank,
    "express.unmovable_loss": unmovable_loss,
    "express.effective_dimension": effective_dimension,
    "start.gradient_variance": gradient_variance,
    "start.kernel_target_alignment": alignment,
    "start.critical_learning_rate": lambda: convergence.critical_learning_rate(kernel(), M),
    "start.decay_time": decay_time,
    "speed.short_training_loss": short_training_loss,
    "speed.phase_margin": phase_margin,
    "speed.steps_to_target": steps_to_target,
    "end.final_loss": final_loss,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_is_that_of_its_function(name: str, found: Diagnosis) -> None:
    section, finding = name.split(".")
    value, expected = found.section(section).finding(finding).value, NUMBERS[name]()
    assert (value is None) == (expected is None)
    assert value is None or value == pytest.approx(expected, rel=1e-9)


def test_findings_are_whole(found: Diagnosis) -> None:
    """A number or the reason why there is none, an interval around the number, a sentence, a source."""
    for section in found.sections:
        names = [one.name for one in section.findings]
        assert len(set(names)) == len(names)
        for one in section.findings:
            assert one.sentence.endswith("."), one
            if one.verdict is Code.NOT_COMPUTED:
                assert one.value is None
                continue
            assert one.source, one
            assert one.value is not None or one.verdict is Code.NEVER, one
            if one.interval is not None and one.value is not None:
                low, high = one.interval
                assert low <= one.value <= high, one
