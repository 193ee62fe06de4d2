"""Schedules of the learning rate: the rates they give, and runs that stop and go on."""

import math

import numpy as np
import pytest
import qtangent as qt

MODEL = qt.Model(qt.ansatz.strongly_entangling(2, 2), qt.pauli("ZI"))
THETA = np.linspace(0, 2, 12)
STEPS = 12


def cosine(t, steps=8, final=0.25):
    return final + (1 - final) * (1 + math.cos(math.pi * min(t, steps) / steps)) / 2


SCHEDULES = {
    "cosine": (qt.CosineDecay(0.2, steps=8, final=0.25), 0, cosine),
    "cosine after warmup": (qt.CosineDecay(0.2, steps=8, final=0.25, warmup=3), 3, cosine),
    "exponential": (qt.ExponentialDecay(0.2, factor=0.5, steps=4, warmup=1), 1, lambda t: 0.5 ** (t / 4)),
    "stairs": (qt.StepDecay(0.2, factor=0.1, every=5), 0, lambda t: 0.1 ** (t // 5)),
}


def rates(name):
    """The learning rates of the first steps."""
    _, warmup, decay = SCHEDULES[name]
    return [
        0.2 * ((step + 1) / (warmup + 1) if step < warmup else decay(step - warmup)) for step in range(STEPS)
    ]


def train(optimizer, **settings):
    return qt.train(MODEL, [-0.5], **{"theta": THETA, "steps": STEPS, "optimizer": optimizer, **settings})


def gradient(theta):
    return MODEL.loss_and_gradient(theta, [-0.5])[1]


@pytest.mark.parametrize("name", SCHEDULES)
def test_descent_takes_the_rates_of_the_formula(name):
    theta = THETA
    for rate in rates(name):
        theta = theta - rate * gradient(theta)
    run = train(qt.GradientDescent(SCHEDULES[name][0]))
    np.testing.assert_allclose(run.theta, theta, rtol=0, atol=1e-13)


def test_the_other_rules_take_them_too():
    name = "cosine after warmup"
    schedule = SCHEDULES[name][0]
    theta, velocity, mean, square, natural, root = (THETA, *[np.zeros(12)] * 3, THETA, np.zeros(12))
    adam, rms = THETA, THETA
    for t, rate in enumerate(rates(name), start=1):
        velocity = 0.9 * velocity + gradient(theta)
        theta = theta - rate * velocity
        g = gradient(adam)
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g * g
        adam = adam - rate * mean / (1 - 0.9**t) / (np.sqrt(square / (1 - 0.999**t)) + 1e-3)
        g = gradient(rms)
        root = 0.99 * root + 0.01 * g * g
        rms = rms - rate * g / (np.sqrt(root) + 1e-3)
        metric = MODEL.fisher_information(natural) + 0.1 * np.eye(12)
        natural = natural - rate * np.linalg.solve(metric, gradient(natural))
    for optimizer, expected in (
        (qt.Momentum(schedule), theta),
        # Some parameters have no effect; a small epsilon would make steps of their gradients' rounding.
        (qt.Adam(schedule, epsilon=1e-3), adam),
        (qt.RMSProp(schedule, epsilon=1e-3), rms),
        (qt.NaturalGradient(schedule, damping=0.1), natural),
    ):
        np.testing.assert_allclose(train(optimizer).theta, expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("rule", [qt.GradientDescent, qt.Adam])
def test_a_run_that_stops_goes_on_bit_for_bit(name, rule, tmp_path):
    optimizer = rule(SCHEDULES[name][0])
    whole = train(optimizer, record=("theta", "predictions"))
    path = tmp_path / "run"
    train(optimizer, record=("theta", "predictions"), steps=5, checkpoint=path)
    resumed = qt.resume(path, STEPS - 5)
    np.testing.assert_array_equal(resumed.theta_history, whole.theta_history)
    np.testing.assert_array_equal(resumed.time, whole.time)
    whole.save(tmp_path / "saved")
    again = qt.resume(tmp_path / "saved", 3)
    np.testing.assert_array_equal(again.theta, train(optimizer, steps=STEPS + 3).theta)


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_batches_and_sets():
    model = qt.Model(qt.encoding.angle(2) + MODEL.circuit, qt.pauli("ZI"))
    rng = np.random.default_rng(0)
    X, y, theta = rng.uniform(0, 3, (6, 2)), rng.uniform(-1, 1, 6), rng.uniform(0, 3, (2, 12))
    settings = {"X": X, "batch_size": 2, "steps": 9, "optimizer": qt.Adam(SCHEDULES["stairs"][0])}
    both = qt.train(model, y, theta=theta, **settings)
    for k in range(2):
        np.testing.assert_array_equal(both.theta[k], qt.train(model, y, theta=theta[k], **settings).theta)


def test_a_constant_factor_changes_no_bit():
    constant = qt.ExponentialDecay(0.2, factor=1.0, steps=1)
    for rule in (qt.GradientDescent, qt.Momentum, qt.Adam, qt.RMSProp, qt.NaturalGradient):
        np.testing.assert_array_equal(train(rule(constant)).theta, train(rule(0.2)).theta)


def test_time_is_the_sum_of_the_rates():
    name = "cosine after warmup"
    run = train(qt.GradientDescent(SCHEDULES[name][0]), record_every=4)
    per_rate = MODEL.z_sum  # one sample
    expected = per_rate * np.concatenate([[0], np.cumsum(rates(name))])[[0, 4, 8, 12]]
    np.testing.assert_allclose(run.time, expected, rtol=1e-13)
    assert np.isnan(train(qt.Adam(SCHEDULES[name][0])).time).all()


def test_files_without_a_schedule_stay_as_they_were(tmp_path):
    train(qt.Adam(0.1)).save(tmp_path / "plain")
    train(qt.Adam(qt.StepDecay(0.1, 0.5, 3))).save(tmp_path / "scheduled")
    sizes = [(tmp_path / name).stat().st_size for name in ("plain", "scheduled")]
    assert sizes[1] - sizes[0] == 1 + 3 * 8


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (qt.CosineDecay(0.1, steps=0), "0 steps"),
        (qt.CosineDecay(0.1, steps=5, warmup=-1), "a warmup of -1"),
        (qt.CosineDecay(0.1, steps=5, final=1.5), r"final is 1\.5; it must lie in \[0, 1\]"),
        (qt.CosineDecay(0.1, steps=5, final=np.nan), "final is nan"),
        (qt.CosineDecay(-0.1, steps=5), r"the learning rate is -0\.1"),
        (qt.ExponentialDecay(0.1, factor=0.0, steps=5), r"factor is 0\.0; it must lie in \(0, 1\]"),
        (qt.StepDecay(0.1, factor=2.0, every=5), r"factor is 2\.0"),
        (qt.StepDecay(0.1, factor=0.5, every=1.5), "steps is 1.5; an integer"),
        ("fast", "learning_rate is 'fast'"),
    ],
)
def test_bad_input_is_named(schedule, text):
    with pytest.raises(qt.InvalidArgumentError, match=text):
        train(qt.Adam(schedule))


def test_many_starts_refuse_them():
    data = qt.landscape.trigonometric(MODEL, parameters=range(2), theta=THETA)
    with pytest.raises(qt.InvalidArgumentError, match="knows no schedule"):
        qt.landscape.success_rate(
            data, [-0.5], optimizer=qt.GradientDescent(qt.StepDecay(0.1, 0.5, 3)), starts=4, steps=2, seed=0
        )
