"""Whole judgements of problems whose answer is known from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from qtangent.diagnosis import Code

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


def ring(n: int) -> list[qt.Observable]:
    return [qt.pauli("".join("Z" if k in (i, (i + 1) % n) else "I" for k in range(n))) for i in range(n)]


def test_qaoa_of_depth_one_on_a_ring_cannot_cut_more_than_three_quarters() -> None:
    """Farhi et al., arXiv 1411.4028, section IV: on a ring depth 1 cuts 3/4 of the edges, so <sum ZZ> is at best -n/2."""
    n = 8
    cost, mixer = (
        sum(ring(n)[1:], ring(n)[0]),
        [qt.pauli("I" * k + "X" + "I" * (n - k - 1)) for k in range(n)],
    )
    circuit = qt.Circuit(n)
    for k in range(n):
        circuit.h(k)
    circuit.evolve(qt.param(0), cost)
    circuit.evolve(qt.param(1), sum(mixer[1:], mixer[0]))
    model = qt.Model(circuit, cost)
    grid = np.stack(np.meshgrid(*[np.linspace(0, np.pi, 41)] * 2), axis=-1).reshape(-1, 2)
    assert model.predict(grid).min() == pytest.approx(-n / 2, abs=0.05)
    found = qt.diagnose(model, [-n])
    assert found.verdict is Code.CANNOT
    assert found.rests_on[0] == "end.final_loss"
    best = found.section("end").finding("final_loss").value
    assert best == pytest.approx((n / 2) ** 2 / 2)


def test_equal_states_with_opposite_labels_cannot() -> None:
    states = np.repeat(qt.encoding.haar_states(3, 4, seed=0), 2, axis=0)
    found = qt.diagnose(
        qt.Model(qt.ansatz.haar(3, 60, seed=0), qt.pauli("ZII")), np.resize([1.0, -1.0], 8), states=states
    )
    assert (found.verdict, found.rests_on) == (Code.CANNOT, ("floor",))
    assert found.advice
    first, second = found.specimens[:2]
    assert first.overlap == pytest.approx(1)
    assert first.label == (-second.label[0],)


@pytest.mark.parametrize(("scale", "verdict"), [(1.0, Code.CANNOT), (3.0, Code.TRAINS)])
def test_labels_out_of_reach_cannot(scale: float, verdict: Code) -> None:
    states = qt.encoding.haar_states(3, 4, seed=0)
    model = qt.Model(qt.ansatz.haar(3, 60, seed=0), qt.pauli("ZII"), scale=scale)
    found = qt.diagnose(model, [2.0, -2.0, 2.0, -2.0], states=states)
    assert found.verdict is verdict
    assert (found.rests_on == ("range",)) == (verdict is Code.CANNOT)
    if verdict is Code.CANNOT:
        assert "scale" in found.advice


def trojaned() -> tuple[qt.Model, dict[str, float], np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = np.concatenate([random.uniform(0.0, 1.0, (10, 3)), random.uniform(2.0, 3.0, (10, 3))])
    circuit = qt.encoding.angle(3) + qt.ansatz.hardware_efficient(3, 2)
    planted = qt.audit.plant_trojan(circuit)
    return qt.Model(circuit, qt.pauli("ZII")), planted, X, np.repeat([1.0, -1.0], 10)


def test_a_trojan_is_judged_by_what_it_does() -> None:
    """Dormant, it changes no bit; active, all samples are one state, as if equal states had opposite labels."""
    clean, planted, X, y = trojaned()
    dormant = qt.diagnose(qt.Model(planted.circuit, clean.observable), y, X=X)
    known = qt.diagnose(clean, y, X=X)
    assert (dormant.verdict, dormant.sentence, dormant.sections) == (
        known.verdict,
        known.sentence,
        known.sections,
    )
    assert known.verdict is Code.TRAINS
    active = qt.diagnose(qt.Model(planted.circuit.bind(planted.trigger), clean.observable), y, X=X)
    assert (active.verdict, active.rests_on) == (Code.CANNOT, ("floor",))


def test_accuracy_plays_its_part() -> None:
    """A loss that a floor holds up far above 0 beside predictions that are all right."""
    random = np.random.default_rng(3)
    X = np.concatenate([random.uniform(0.9, 1.5, (10, 1)), random.uniform(1.7, 2.3, (10, 1))])
    model = qt.Model(qt.encoding.angle(1) + qt.ansatz.hardware_efficient(1, 2), qt.pauli("Z"))
    found = qt.diagnose(model, np.repeat([1.0, -1.0], 10), X=X)
    assert found.trial.accuracy is not None
    assert found.trial.accuracy[-1] >= 0.95
    assert found.trial.share > 0.25
    assert found.verdict is Code.TRAINS


def test_eight_parameters_cannot_meet_32_labels() -> None:
    """By the rank of the tangent kernel, although no floor stands in the way of scale 3."""
    states = qt.encoding.haar_states(5, 32, orthogonal=True, seed=0)
    model = qt.Model(qt.ansatz.haar(5, 8, seed=0), qt.pauli("ZIIII"), scale=3.0)
    found = qt.diagnose(model, np.resize([1.0, -1.0], 32), states=states)
    assert (found.verdict, found.rests_on[0]) == (Code.CANNOT, "express.kernel_rank")
    assert "at least 32" in found.advice
