"""What a study accepts, and what it refuses before it trains."""

import sys

import numpy as np
import pytest
import qtangent as qt

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

Y = np.array([1.0, -1.0, 1.0, -1.0])
STATES = qt.encoding.haar_states(3, 4, seed=1)
MODEL = qt.Model(qt.ansatz.hardware_efficient(3, 4), qt.pauli("ZII"))


def test_several_outputs_leave_the_limit_out_and_say_why():
    model = qt.Model(MODEL.circuit, [qt.pauli("ZII"), qt.pauli("IZI")])
    y = np.stack([Y, 0.5 * Y], axis=1)
    study = qt.convergence.study(model, y, states=STATES, time=0.5, records=5)
    assert study.asymptotic is None
    assert "one output, the model has 2" in study.asymptotic_reason
    assert study.actual.predictions.shape[1:] == study.kernel_regression.residuals.shape[1:] == (4, 2)


def test_one_observable_in_a_list_and_labels_as_a_column():
    plain = qt.convergence.study(MODEL, Y, states=STATES, time=0.5, records=5)
    listed = qt.convergence.study(
        qt.Model(MODEL.circuit, [qt.pauli("ZII")]),
        Y[:, None].tolist(),
        states=STATES.tolist(),
        time=0.5,
        records=5,
    )
    for name in ("actual", "kernel_regression", "asymptotic"):
        np.testing.assert_array_equal(getattr(listed, name).predictions, getattr(plain, name).predictions)


@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_listed_observable_is_studied_in_the_precision_of_its_model(precision):
    model = qt.Model(MODEL.circuit, [qt.pauli("ZII")], precision=precision)
    study = qt.convergence.study(model, Y, states=STATES, time=0.5, records=5)
    assert study.problem.model.precision == precision
    plain = qt.Model(MODEL.circuit, qt.pauli("ZII"), precision=precision)
    expected = qt.convergence.study(plain, Y, states=STATES, time=0.5, records=5)
    np.testing.assert_array_equal(study.actual.predictions, expected.actual.predictions)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": Y[:3]}, r"\(3,\)"),
        ({"y": ["a"] * 4}, "dtype"),
        ({"y": [1, np.nan, 1, 1]}, r"y\[1\] is nan"),
        ({"states": 2 * STATES}, "norm"),
        ({"theta": np.zeros((1, 24))}, r"\(1, 24\).*one parameter set"),
        ({"theta": np.zeros(3)}, r"\(3,\).*24"),
        ({"time": 0}, "time is 0"),
        ({"time": np.inf}, "time is inf"),
        ({"time": 1e12}, "shorten time"),
        ({"dt": -1}, "dt is -1"),
        ({"dt": "a"}, "dt is 'a'"),
        ({"records": 1}, "records is 1"),
        ({"records": 2.5}, "records is 2.5"),
        ({"states_test": np.eye(4)}, r"states_test has shape \(4, 4\)"),
        ({"states_test": 2 * np.eye(8)}, "norm 2"),
        ({"states_test": np.eye(8) * np.nan}, "nan"),
        ({"X_test": np.eye(8)}, "X_test.*no features"),
        ({"y_test": [1]}, "without X_test"),
        ({"states_test": np.eye(8), "y_test": [1]}, r"\(1,\).*8 held-out"),
        ({"states_test": np.eye(8), "y_test": [np.nan] * 8}, r"y_test\[0\] is nan"),
        ({"model": qt.Model(qt.Circuit(3).h(0), qt.pauli("ZII"))}, "nothing to train"),
        (
            {"model": qt.Model(qt.Circuit(3).rx(qt.param(0) * qt.feature(0), 0), qt.pauli("ZII"))},
            r"pass X of shape \(m, 1\)",
        ),
    ],
)
def test_bad_input_is_named_before_the_training(arguments, message, monkeypatch):
    def train(*positional, **named):
        raise AssertionError("the training began")

    monkeypatch.setattr(sys.modules["qtangent.convergence.study"], "train", train)
    settings = {"model": MODEL, "y": Y, "states": STATES} | arguments
    with pytest.raises(ValueError, match=message) as caught:
        qt.convergence.study(**settings)
    assert isinstance(caught.value, qt.QTangentError)
