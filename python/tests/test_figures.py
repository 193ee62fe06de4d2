"""Figures from odd studies, odd titles and odd settings: drawn without a warning, or refused by name."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest
import qtangent as qt
from qtangent.convergence import Study, study
from qtangent.plots import FIGURES, Live, compare_losses, figure_bytes, overview, single

matplotlib = pytest.importorskip("matplotlib")
MODEL = qt.Model(qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"))
STATES = qt.encoding.haar_states(2, 3, seed=1)


@pytest.fixture(scope="module")
def one_step() -> Study:
    """Recorded at one time after 0."""
    return study(MODEL, [1.0, -1.0, 1.0], states=STATES, time=0.05, dt=0.05, seed=0)


@pytest.fixture(autouse=True)
def no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_one_step_is_a_point_on_an_axis_around_it(one_step: Study) -> None:
    for name in FIGURES:
        axes = single(name, one_step).axes[0]
        if name != "predictions":
            low, high = axes.get_xlim()
            assert low < one_step.actual.time[1] < high, name
    assert {line.get_marker() for line in single("kernel_change", one_step).axes[0].lines} == {"."}


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("a$b_{$", "a$b_{$"),
        ("$5 and $6", "$5 and $6"),
        ("日本", "日本"),
        ("mine\udcff", "mine\\udcff"),
        ("two\nlines\0", "two\\nlines\\x00"),
        ("a" * 3000 + ", scale 2", "a" * 40 + "…" + "a" * 10 + ", scale 2"),
    ],
)
def test_any_text_is_a_title(one_step: Study, title: str, shown: str) -> None:
    figure = compare_losses([(title, one_step)])
    assert figure.axes[0].get_title(loc="left") == shown
    svg, _ = figure_bytes(figure)
    assert b"kernel" in svg


@pytest.mark.parametrize(
    "theirs",
    ["figure.autolayout", "figure.constrained_layout.use", "axes.formatter.use_mathtext", "text.usetex"],
)
def test_settings_for_figures_of_others_do_not_reach_ours(one_step: Study, theirs: str) -> None:
    plain = figure_bytes(single("loss", one_step))
    with matplotlib.rc_context({theirs: True}):
        assert figure_bytes(single("loss", one_step)) == plain
        assert matplotlib.rcParams[theirs]


def test_predictions_of_the_smallest_scale_are_drawn() -> None:
    model = qt.Model(MODEL.circuit, qt.pauli("ZI"), scale=5e-324)
    with pytest.warns(qt.QTangentWarning, match="raise the scale"):
        found = study(model, [1.0, -1.0, 1.0], states=STATES, time=1e-3, dt=1e-3, seed=0)
    assert len(single("predictions", found).axes[0].lines) > 2


REFUSED = {
    "losses of nothing": (lambda: compare_losses([]), "named is empty"),
    "losses of a number": (lambda: compare_losses(3), "named is 3"),
    "a title without a study": (lambda: compare_losses([("a", None)]), r"named\[0\] is \('a', None\)"),
    "losses without titles": (lambda: compare_losses(["a"]), r"named\[0\] is 'a'; a title and a study"),
    "a sheet of nothing": (lambda: overview(None), "study is None; a qt.convergence.Study is expected"),
    "a figure of nothing": (lambda: single("loss", None), "study is None"),
    "bytes of nothing": (lambda: figure_bytes(None), "figure is None; a figure of Matplotlib is expected"),
    "pictures nowhere": (lambda: Live(""), "the path is empty"),
    "pictures in a number": (lambda: Live(3), "the path is 3"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    from matplotlib import pyplot

    call, message = REFUSED[name]
    with pytest.raises(qt.InvalidArgumentError, match=message):
        call()
    assert not pyplot.get_fignums()


@pytest.mark.parametrize("name", ["x", "", None, ["loss"], np.array(["loss", "x"])])
def test_only_figures_that_there_are(one_step: Study, name: object) -> None:
    with pytest.raises(qt.InvalidArgumentError, match="loss, spectrum, kernel_change"):
        single(name, one_step)
