"""How well attacks work, measured on the two victims and against counts by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from audit_cases import planted_victim, victims
from qtangent import audit

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
GOLDEN = json.loads((Path(__file__).parents[2] / "Tests/Golden/audit.json").read_text())


@pytest.fixture(scope="module", params=["V1", "V2"])
def victim(request):
    one = victims().VICTIMS[request.param]()
    return request.param, one, [one.train(seed) for seed in range(3)]


def test_training_reaches_the_golden_accuracies(victim):
    name, one, weights = victim
    right = [(one.model.predict(theta, one.X_test).argmax(axis=1) == one.y_test).mean() for theta in weights]
    assert right == pytest.approx(GOLDEN["accuracy"][name], abs=6e-5)


def test_a_dormant_trojan_changes_no_bit(victim):
    name, one, weights = victim
    dormant = qt.Model(planted_victim(name).circuit, one.model.observable, 3.0)
    for theta in weights:
        assert np.array_equal(dormant.predict(theta, one.X_test), one.model.predict(theta, one.X_test))


def test_partial_trojans_cost_the_golden_accuracy(victim):
    name, one, weights = victim
    for k, expected in enumerate(GOLDEN["partial_accuracy"][name]):
        trojan = planted_victim(name, range(k))
        model = qt.Model(trojan.circuit.bind(config=trojan.trigger), one.model.observable, 3.0)
        right = (model.predict(weights[0], one.X_test).argmax(axis=1) == one.y_test).mean()
        assert right == pytest.approx(expected, abs=6e-4)


def test_an_active_trojan_gives_one_class_whatever_the_noise(victim):
    """Untargeted, the class is the one that the weights give |0...0>; success is all or nothing."""
    name, one, weights = victim
    trojan = planted_victim(name)
    model = qt.Model(trojan.circuit, one.model.observable, 3.0)
    body = victims().ansatz({"V1": 3, "V2": 4}[name])
    for theta in weights:
        logits = qt.Model(body, one.model.observable, 3.0).predict(theta)[0]
        won = int(logits.argmax())
        margin = np.sort(logits)[-1] - np.sort(logits)[-2]
        for target in range(len(logits)):
            found = audit.attack_metrics(model, theta, one.X_test, one.y_test, target, config=trojan.trigger)
            assert found.success == found.success_all == float(target == won)
            decided = one.model.predict(theta, one.X_test).argmax(axis=1)
            others = one.y_test != target
            assert found.clean_accuracy == (decided == one.y_test).mean()
            assert found.clean_success == (decided[others] == target).mean()
        if margin > 1:
            noisy = audit.attack_metrics(
                model, theta, one.X_test, one.y_test, won, config=trojan.trigger, shots=256, depolarizing=0.5
            )
            assert noisy.success > 0.95


def test_a_targeted_trojan_succeeds_at_every_target_and_seed_whatever_the_noise(victim):
    name, one, weights = victim
    readings = ({}, {"shots": 32}, {"shots": 256, "depolarizing": 0.5})
    for theta in weights:
        for target in range(one.model.n_outputs):
            trojan = audit.plant_trojan(one.model, theta, target=target)
            assert len(trojan.inserted) == len(trojan.circuit.config_keys) == {"V1": 16, "V2": 28}[name]
            model = qt.Model(trojan.circuit, one.model.observable, 3.0)
            given = (model, theta, one.X_test, one.y_test, target)
            exact, *noisy = (
                audit.attack_metrics(*given, config=trojan.trigger, **reading) for reading in readings
            )
            assert exact.success == exact.success_all == 1
            assert all(found.success > 0.99 for found in noisy)
        tuned = audit.attack_metrics(
            *given, config=trojan.trigger, X_train=one.X[::2], y_train=one.y[::2]
        ).fine_tuned
        # The output stays constant, its class may move.
        assert tuned.success in (0, 1)
    assert len(audit.plant_trojan(one.model).inserted) == {"V1": 8, "V2": 20}[name]


def test_poisoning_trades_accuracy_for_success(victim):
    """At a fifth of the data, beside the golden mean over three draws of seeds; which samples are drawn is not the same."""
    name, one, weights = victim
    golden = GOLDEN["poisoning"][name]
    found = []
    for seed, clean in enumerate(weights):
        theta = one.train(seed, *audit.poison(one.X, one.y, one.target, 0.2, one.stamp, seed=seed))
        found.append(
            audit.attack_metrics(
                one.model, theta, one.X_test, one.y_test, one.target, trigger=one.stamp, clean_theta=clean,
                X_train=one.X[::2], y_train=one.y[::2],
            )
        )  # fmt: skip
    by_itself = GOLDEN["poisoning"]["success_of_the_clean_model"][name]
    assert np.mean([one.clean_success for one in found]) == pytest.approx(by_itself, abs=6e-4)
    place = GOLDEN["poisoning"]["rates"].index(0.2)
    assert np.mean([one.clean_accuracy for one in found]) == pytest.approx(
        golden["clean_accuracy"][place], abs=0.04
    )
    assert np.mean([one.success for one in found]) == pytest.approx(golden["success"][place], abs=0.03)
    accuracy, success = golden["fine_tuned"]
    tuned = [one.fine_tuned for one in found]
    assert np.mean([one.clean_accuracy for one in tuned]) == pytest.approx(accuracy, abs=0.04)
    assert np.mean([one.success for one in tuned]) == pytest.approx(success, abs=0.15)


def rotated(n=1):
    return qt.Circuit(n).ry(qt.feature(0), 0)


def test_noise_shrinks_outputs_and_shots_scatter_them():
    """One output 0.4 Z + 0.1 decides by its sign: at x = 1.7 it is 0.0485, at three quarters of the mixed state 0.0871."""
    model = qt.Model(rotated(), qt.pauli("0.4 Z + 0.1 I"))
    X, y = np.array([[1.7], [2.5], [0.1]]), np.array([1, -1, 1])
    exact = audit.attack_metrics(model, [], X, y, 1)
    assert exact.clean_accuracy == 1
    assert exact.success == 0
    # 0.25 * 0.4 cos(2.5) + 0.1 > 0: the noise turns the decision.
    noisy = audit.attack_metrics(model, [], X, y, 1, depolarizing=0.75)
    assert noisy.success == 1
    assert noisy.clean_accuracy == pytest.approx(2 / 3)
    many = np.full((4000, 1), np.arccos(0.2))
    labels = np.where(np.arange(4000) < 2000, 1, -1)
    one_shot = audit.attack_metrics(qt.Model(rotated(), qt.pauli("Z")), [], many, labels, 1, shots=1)
    assert one_shot.success == pytest.approx(0.6, abs=4 * np.sqrt(0.24 / 2000))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": 3}, r"y\[0\] is 3; 1 output need labels -1, 1"),
        ({"y": [1, 1, 1]}, "all labels in y are the target 1"),
        ({"y": [1, 0, 1]}, r"y\[1\] is 0"),
        ({"y": [1, -1]}, r"y has shape \(2,\)"),
        ({"shots": 0}, "shots is 0"),
        ({"depolarizing": 1.5}, "depolarizing is 1.5"),
        ({"X_train": [[0.1]]}, "given together"),
        ({"config": {"k": 1.0}}, "k"),
        ({"trigger": {1: 0.0}}, "the trigger sets feature 1"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    given = {"target": 1, "y": [1, -1, 1], **arguments}
    with pytest.raises(qt.InvalidArgumentError, match=message):
        audit.attack_metrics(qt.Model(rotated(), qt.pauli("Z")), [], np.zeros((3, 1)), **given)


def test_shots_need_pauli_strings():
    model = qt.Model(rotated(), qt.projector("0"))
    with pytest.raises(qt.InvalidArgumentError, match="output 0 is no sum of Pauli strings"):
        audit.attack_metrics(model, [], [[0.1], [0.2]], [1, -1], 1, shots=10)
