"""Results as notebooks show them, and as tables."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
import qtangent as qt

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

RNG = np.random.default_rng(5)
X = RNG.uniform(0, 3, (6, 2))
Y = np.sign(np.sin(X))
NAMES = ["alpha", "<b>beta</b>", *(f"w{k}" for k in range(4))]


def circuit():
    made = qt.encoding.angle(2) + qt.ansatz.strongly_entangling(2, 1)
    made.parameter_names = NAMES
    return made


OBSERVABLES = [qt.pauli("ZI"), 0.5 * qt.pauli("ZZ") + qt.projector("01")]
MODEL = qt.Model(circuit(), OBSERVABLES)
SINGLE = qt.Model(circuit(), OBSERVABLES[0])
EVERYTHING = ("loss", "predictions", "kernel", "theta")
THETA = RNG.uniform(0, 3, 6)


@pytest.fixture(scope="module")
def run():
    return qt.train(MODEL, Y, X=X, theta=THETA, steps=12, record=EVERYTHING, record_every=5)


@pytest.fixture(scope="module")
def study():
    states = qt.encoding.haar_states(2, 2, seed=1)
    model = qt.Model(qt.ansatz.hardware_efficient(2, 3), qt.pauli("ZI"))
    return qt.convergence.study(model, [1, -1], states=states, time=2.0, records=20)


def dataset():
    return qt.datasets.from_arrays(X, [0, 1] * 3, "zz", n_qubits=2, name="<script>alert(1)</script>")


OBJECTS = {
    "circuit": circuit,
    "observable": lambda: OBSERVABLES[1],
    "dense observable": lambda: qt.hermitian(np.eye(4)),
    "long observable": lambda: sum(
        RNG.normal() * qt.pauli("".join(RNG.choice([*"XYZ"], 3))) for _ in range(40)
    ),
    "model": lambda: MODEL,
    "samples": lambda: qt.Samples(X),
    "states": lambda: qt.Samples(states=np.eye(4)[None] / 4),
    "dataset": dataset,
    "random states": lambda: qt.datasets.orthogonal(2, 2),
    "run of no step": lambda: qt.train(SINGLE, Y[:, 0], X=X, steps=0),
    "run of sets": lambda: qt.train(SINGLE, Y[:, 0], X=X, theta=np.stack([THETA] * 5), steps=4),
}


def read(html):
    """The tree of a piece of HTML that is also XML."""
    return ElementTree.fromstring(f"<body>{html.replace('&#9644;', '-')}</body>")


@pytest.mark.parametrize("kind", OBJECTS)
def test_cards_are_well_formed_and_texts_are_short(kind):
    shown = OBJECTS[kind]()
    tree = read(shown._repr_html_())
    assert not tree.findall(".//script")
    assert not tree.findall(".//b")
    assert "\n" not in repr(shown)
    assert len(repr(shown)) < 1500
    colours = set(re.findall(r'(?:fill|stroke)="(#\w+)"', shown._repr_html_()))
    # Pictures take the colour of the text around them, but for lines that stand out on light and on dark.
    assert colours <= {"#d55e00", "#3b8fc4", "#0f9d76", "#2563eb", "#d97706", "#9333ea"}


def test_a_run_and_a_study_show_their_curves(run, study):
    (line,) = read(run._repr_html_()).iter("{http://www.w3.org/2000/svg}polyline")
    assert len(line.get("points").split()) == len(run.step)
    html = study._repr_html_()
    assert study.verdict in " ".join(read(html).itertext())
    assert html.count("<polyline") == 3
    assert study.verdict in repr(study)
    assert len(repr(study)) < 250


def test_heights_are_logarithms_of_losses():
    from qtangent.views.curve import curves

    losses = np.array([1.0, 0.1, 0.01, 0.0, np.nan])
    svg = ElementTree.fromstring(curves([("a", np.arange(5), losses)], "step", "x < y"))
    assert svg.get("aria-label") == "x < y"
    (line,) = svg.iter("{http://www.w3.org/2000/svg}polyline")
    heights = [float(pair.split(",")[1]) for pair in line.get("points").split()]
    assert len(heights) == 4  # NaN is left out
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1], abs=0.1)
    assert heights[3] >= heights[2]
    many = curves([("a", np.arange(10**5), np.linspace(2, 1, 10**5))], "step", "x")
    assert len(many) < 10**4
    curves([("none", np.zeros(0), np.zeros(0)), ("zero", np.arange(3), np.zeros(3))], "step", "x")


# What a run gives away.


def test_the_best_parameters():
    run = qt.train(
        SINGLE, Y[:, 0], X=X, theta=THETA, steps=60, optimizer=qt.GradientDescent(3.0), record="theta"
    )
    best = run.loss.argmin()
    assert best < len(run.loss) - 1
    np.testing.assert_array_equal(run.best_theta, run.theta_history[best])
    assert SINGLE.loss(run.best_theta, Y[:, 0], X=X) == pytest.approx(run.loss.min(), rel=1e-12)
    sets = np.stack([THETA, THETA + 1])
    several = qt.train(
        SINGLE, Y[:, 0], X=X, theta=sets, steps=60, optimizer=qt.GradientDescent(3.0), record="theta"
    )
    assert several.best_theta.shape == (2, 6)
    np.testing.assert_allclose(
        SINGLE.loss(several.best_theta, Y[:, 0], X=X), several.loss.min(axis=1), rtol=1e-12
    )
    falling = qt.train(SINGLE, Y[:, 0], X=X, theta=THETA, steps=5, optimizer=qt.GradientDescent(0.01))
    np.testing.assert_array_equal(falling.best_theta, falling.theta)
    forgotten = qt.train(SINGLE, Y[:, 0], X=X, theta=THETA, steps=60, optimizer=qt.GradientDescent(3.0))
    with pytest.raises(AttributeError, match=r'pass record=\("loss", "theta"\)'):
        forgotten.best_theta  # noqa: B018


def test_predictions_of_the_trained_model(run):
    others = RNG.uniform(0, 3, (3, 2))
    np.testing.assert_array_equal(run.predict(others), MODEL.predict(run.theta, others))
    np.testing.assert_array_equal(run.predict(qt.Samples(others)), MODEL.predict(run.theta, others))


@pytest.mark.parametrize("sets", [False, True])
def test_a_dataset_of_xarray(sets):
    pytest.importorskip("xarray")
    theta = np.stack([THETA, 2 * THETA]) if sets else THETA
    run = qt.train(MODEL, Y, X=X, theta=theta, steps=12, record=EVERYTHING, record_every=5)
    found = run.to_xarray()
    first = ("set",) if sets else ()
    assert found.predictions.dims == (*first, "step", "sample", "output")
    assert found.kernel.dims == (*first, "step", "sample", "sample_2")
    assert found.time.dims == ("step",)
    np.testing.assert_array_equal(found.step, [0, 5, 10, 12])
    np.testing.assert_array_equal(found.loss, run.loss)
    np.testing.assert_array_equal(found.predictions, run.predictions)
    np.testing.assert_array_equal(found.kernel, run.kernel)
    np.testing.assert_array_equal(found.theta.sel(parameter="w2"), run.theta_history[..., 4])
    only = qt.train(SINGLE, Y[:, 0], X=X, steps=1).to_xarray()
    assert set(only.data_vars) == {"loss", "time"}


@pytest.mark.parametrize("sets", [False, True])
def test_a_table_of_pandas(sets):
    pytest.importorskip("pandas")
    theta = np.stack([THETA, 2 * THETA]) if sets else THETA
    run = qt.train(MODEL, Y, X=X, theta=theta, steps=12, record=EVERYTHING, record_every=5)
    table = run.to_frame()
    assert table.index.name == "step"
    assert list(table.index) == [0, 5, 10, 12]
    if sets:
        np.testing.assert_array_equal(table[["loss[0]", "loss[1]"]].T, run.loss)
        np.testing.assert_array_equal(table["alpha[1]"], run.theta_history[1, :, 0])
    else:
        np.testing.assert_array_equal(table.loss, run.loss)
        np.testing.assert_array_equal(table[NAMES], run.theta_history)


def test_a_study_as_xarray(study):
    pytest.importorskip("xarray")
    found = study.to_xarray()
    for name in ("actual", "kernel_regression", "asymptotic"):
        curve = getattr(study, name)
        np.testing.assert_array_equal(found[f"{name}_loss"], curve.loss)
        np.testing.assert_array_equal(found[f"{name}_predictions"], curve.predictions)
        np.testing.assert_array_equal(found[f"{name}_kernel"], curve.kernel)
    np.testing.assert_array_equal(found.time, study.actual.time)
    np.testing.assert_array_equal(found.spectrum, study.spectrum)
    np.testing.assert_array_equal(found.train_accuracy, study.train_accuracy)
    assert found.attrs["learning_rate"] == study.settings["learning_rate"]
    assert found.actual_predictions.dims == ("time", "sample")


def test_a_figure_of_a_run(run):
    pytest.importorskip("matplotlib")
    (axes,) = run.plot().axes
    (line,) = axes.lines
    np.testing.assert_array_equal(line.get_xydata(), np.stack([run.step, run.loss], axis=1))
    sets = OBJECTS["run of sets"]()
    (axes,) = sets.plot().axes
    np.testing.assert_array_equal(axes.lines[-1].get_ydata(), np.median(sets.loss, axis=0))
