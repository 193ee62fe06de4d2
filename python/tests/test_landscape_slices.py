"""Slices and paths: their losses against the model point by point, minima where they must be, pictures, bad input."""

from __future__ import annotations

import numpy as np
import pytest
import qtangent as qt
from landscape_cases import brick
from qtangent import landscape

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def hard():
    return landscape.hard_dataset(brick(3, 3), qt.pauli("ZZZ"))


@pytest.fixture(scope="module")
def found(hard):
    return landscape.find_minima(hard.model, hard.labels, states=hard.states)


def along(hard, **options):
    return landscape.slice(hard.model, hard.labels, states=hard.states, **options)


def test_losses_are_the_model_s_point_by_point(hard):
    plane = along(hard, parameters=[2, 0], centre=[9.0, 0.4, 9.0], points=7)
    line = along(hard, directions=[[1.0, -2.0, 0.5]], centre=[0.1, 0.2, 0.3], span=(-2, 1), points=5)
    assert plane.loss.shape == (7, 7)
    for i, a in enumerate(np.linspace(0, np.pi, 7)):
        for k, b in enumerate(np.linspace(0, np.pi, 7)):
            expected = hard.model.loss([b, 0.4, a], hard.labels, states=hard.states)
            assert plane.loss[i, k] == pytest.approx(expected, abs=1e-14)
    for t, value in zip(np.linspace(-2, 1, 5), line.loss, strict=True):
        theta = [0.1 + t, 0.2 - 2 * t, 0.3 + 0.5 * t]
        assert value == pytest.approx(hard.model.loss(theta, hard.labels, states=hard.states), abs=1e-14)


def test_minima_lie_on_the_slice_where_their_angles_say(hard, found):
    best = found.theta[0]
    plane = along(hard, parameters=[0, 1], centre=best + np.array([0, 0, np.pi]))
    places, numbers = plane.minima(found)
    # Four of the eight share the third angle; each is at its own first two.
    assert len(numbers) == 4
    assert np.max(np.abs(places - found.theta[numbers][:, :2])) < 1e-9
    assert set(numbers) == {n for n in range(8) if abs(found.theta[n, 2] - best[2]) < 1e-6}
    inside = landscape.find_minima(hard.model, hard.labels, states=hard.states, parameters=[1, 0], theta=best)
    again, order = plane.minima(inside)
    assert sorted(map(tuple, np.round(again, 9))) == sorted(map(tuple, np.round(places, 9)))
    assert np.allclose(again, inside.theta[order][:, ::-1])
    with pytest.raises(qt.InvalidArgumentError, match=r"minima are those of parameters \[1, 0\]"):
        along(hard, parameters=[2], centre=best).minima(inside)
    assert len(along(hard, parameters=[1], centre=best).minima(inside)[1]) == 2


def test_every_image_of_a_minimum_in_the_picture_is_found(hard, found):
    """On a line from the best to the worst, which goes on through two more periods of the second parameter."""
    way = found.theta[7] + [0, np.pi, 0] - found.theta[0]
    line = along(hard, directions=[way], centre=found.theta[0], span=(-1, 2), points=301)
    places, numbers = line.minima(found)
    theta = found.theta[0] + places * way
    away = (theta - found.theta[numbers] + np.pi / 2) % np.pi - np.pi / 2
    assert np.max(np.abs(away)) < 1e-9
    assert {(round(t), n) for t, n in zip(places[:, 0], numbers, strict=True)} == {
        (-1, 7),
        (0, 0),
        (1, 7),
        (2, 0),
    }
    # A valley of the curve is at each of them.
    for t in places[:, 0]:
        near = int(np.argmin(np.abs(line.axes[0] - t)))
        beside = line.loss[max(near - 8, 0) : near + 9]
        assert line.loss[near] <= beside.min() + 1e-12
    off = along(hard, directions=[way, [0.1, 0.0, 1.0]], centre=found.theta[0] + 0.05)
    assert len(off.minima(found)[1]) == 0


def trained(hard, theta, **options):
    settings = {"optimizer": qt.Adam(0.05), "steps": 60, "record": ("loss", "theta")} | options
    return qt.train(hard.model, hard.labels, states=hard.states, theta=theta, **settings)


def test_paths_are_projections_onto_their_principal_plane(hard):
    run = trained(hard, [0.3, 1.9, 0.2])
    way = landscape.path(run, hard.labels, states=hard.states, points=9)
    moved = run.theta_history - run.theta_history.mean(axis=0)
    spread = np.sort(np.linalg.eigvalsh(moved.T @ moved))[::-1]
    assert way.explained == pytest.approx(spread[:2].sum() / spread.sum(), rel=1e-10)
    assert 0.9 < way.explained < 1
    assert np.sum(way.coordinates**2) == pytest.approx(spread[:2].sum(), rel=1e-10)
    # What the plane misses is orthogonal to it.
    left = moved - way.coordinates @ way.plane.directions
    assert np.max(np.abs(left @ way.plane.directions.T)) < 1e-12
    assert np.array_equal(way.loss, run.loss)
    theta = way.plane.theta(way.plane.axes[0][3], way.plane.axes[1][5])
    assert way.plane.loss[3, 5] == pytest.approx(
        hard.model.loss(theta, hard.labels, states=hard.states), abs=1e-14
    )
    both = landscape.path(trained(hard, [[0.3, 1.9, 0.2], [2.0, 1.0, 3.0]]), hard.labels, states=hard.states)
    assert both.coordinates.shape == (2, 61, 2)
    assert both.loss.shape == (2, 61)


def test_a_path_of_one_parameter_is_a_line():
    model = qt.Model(qt.Circuit(1).ry(qt.param(0), 0), qt.pauli("Z"))
    run = qt.train(model, [-0.5], theta=[0.4], steps=30, record="theta")
    way = landscape.path(run, [-0.5])
    assert way.coordinates.shape == (31, 1)
    assert way.explained == 1
    assert np.allclose(way.plane.theta(way.coordinates[:, 0])[:, 0], run.theta_history[:, 0])
    assert len(way.plot().axes) == 2


def test_a_path_keeps_to_the_parameters_that_move():
    """Adam divides the rounding of a gradient that is zero by itself, or nearly so."""
    circuit = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 1).rz(qt.param(2), 0)
    model = qt.Model(circuit, qt.pauli("ZI"))
    run = qt.train(
        model, [-0.5], theta=[0.3, 0.4, 0.5], optimizer=qt.Adam(0.05), steps=20, record=("loss", "theta")
    )
    way = landscape.path(run, [-0.5])
    assert np.array_equal(way.plane.directions, [[1.0, 0.0, 0.0]])
    minima = landscape.find_minima(model, [-0.5], parameters=[0], theta=run.theta)
    assert len(way.plot(minima).axes) == 2


def test_runs_that_show_no_path_are_refused(hard):
    kept = trained(hard, [0.3, 1.9, 0.2], record="loss")
    with pytest.raises(qt.InvalidArgumentError, match=r'record=\("loss", "theta"\)'):
        landscape.path(kept, hard.labels, states=hard.states)
    still = trained(hard, [0.3, 1.9, 0.2], steps=0)
    with pytest.raises(qt.InvalidArgumentError, match="did not move"):
        landscape.path(still, hard.labels, states=hard.states)
    run = trained(hard, [0.3, 1.9, 0.2])
    with pytest.raises(qt.InvalidArgumentError, match="pass the y, X and states of the training"):
        landscape.path(run, hard.labels + 0.1, states=hard.states)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "the circuit has 3 parameters; pass one or two"),
        ({"parameters": [0, 1]}, r"the slice 2 axes; pass centre, \(3,\)"),
        ({"parameters": [0, 0]}, r"parameters is \[0, 0\]; one or two different"),
        ({"parameters": [3]}, "from 0 to 2"),
        ({"parameters": [0], "directions": [[1, 0, 0]], "centre": [0, 0, 0]}, "both given"),
        ({"directions": [[1, 0, 0]]}, r"pass centre, \(3,\)"),
        ({"directions": [[1, 0]], "centre": [0, 0, 0]}, r"directions has shape \(1, 2\)"),
        ({"directions": [[1, 0, 0], [2, 0, 0]], "centre": [0, 0, 0]}, "linearly dependent"),
        ({"parameters": [0], "centre": [0, 0]}, r"centre has shape \(2,\)"),
        ({"parameters": [0], "centre": [0, 0, np.nan]}, "nan"),
        ({"parameters": [0], "centre": [0, 0, 0], "span": (1, 1)}, "span goes from 1 to 1"),
        ({"parameters": [0], "centre": [0, 0, 0], "span": [1, 2, 3]}, "span has shape"),
        ({"parameters": [0], "centre": [0, 0, 0], "points": 1}, "points is 1"),
    ],
)
def test_bad_slices_are_refused(hard, options, words):
    with pytest.raises(qt.InvalidArgumentError, match=words):
        along(hard, **options)


def test_slices_need_no_period():
    """An angle param*feature has none; pictures go over 2 pi then."""
    model = qt.Model(qt.Circuit(1).ry(qt.param(0) * qt.feature(0), 0), qt.pauli("Z"))
    line = landscape.slice(model, [0.2], [[0.7]], points=3)
    assert np.allclose(line.axes[0], [0, np.pi, 2 * np.pi])
    with pytest.raises(qt.InvalidArgumentError, match="no parameters"):
        landscape.slice(qt.Model(qt.Circuit(1).h(0), qt.pauli("Z")), [0.2])


def signs(axes):
    """The numbers of marks of each shape on axes, but for the halos."""
    return {
        line.get_marker(): len(line.get_xdata())
        for line in axes.lines
        if line.get_linestyle() == "None" and line.get_color() != "white"
    }


def test_pictures_tell_minima_apart_by_their_signs(hard, found):
    plane = along(hard, parameters=[0, 1], centre=found.theta[0])
    figure = plane.plot(found)
    assert signs(figure.axes[0]) == {"o": 1, "X": 3}
    named = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert named == ["best minimum", "spurious minimum"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == [
        "0",
        "π/4",
        "π/2",
        "3π/4",
        "π",
    ]
    line = along(hard, parameters=[1], centre=found.theta[0]).plot(found)
    assert signs(line.axes[0]) == {"o": 1, "X": 1}
    assert signs(plane.plot().axes[0]) == {}
    run = trained(hard, [0.3, 1.9, 0.2])
    shown = landscape.path(run, hard.labels, states=hard.states).plot(found)
    assert "% of the variance" in shown.axes[0].get_title(loc="left")


def test_histograms_hatch_failures(hard, found):
    rate = landscape.success_rate(
        hard.model, hard.labels, states=hard.states, optimizer=qt.Adam(0.05), starts=200, steps=600
    )
    axes = rate.plot(found).axes[0]
    bars = {
        hatch: sum(one.get_height() for one in axes.patches if one.get_hatch() == hatch)
        for hatch in (None, "////")
    }
    assert bars[None] == pytest.approx(100 * rate.rate)
    assert bars["////"] == pytest.approx(100 * (1 - rate.rate))
    assert signs(axes) == {"o": 1, "|": 7}
    assert f"{100 * rate.rate:.3g} % succeed" in axes.texts[0].get_text()


def test_spectra_show_the_modes_that_there_are(hard):
    """A loss that separates has 1 + 2 p modes up to their sign; predictions are one cosine or sine each."""
    coefficients = landscape.trigonometric(hard.model, states=hard.states)
    axes = coefficients.spectrum().plot(coefficients.spectrum(hard.labels)).axes[0]
    shown = [text.get_text() for text in axes.get_legend().get_texts()]
    assert shown == ["predictions: 3 of 14 modes", "loss: 7 of 63 modes"]
    assert sorted(np.round(axes.lines[2].get_xdata() - 0.16)) == [0, 1, 1, 1, 2, 2, 2]
    alone = coefficients.spectrum(hard.labels).plot().axes[0]
    assert [text.get_text() for text in alone.get_legend().get_texts()] == ["spectrum: 7 of 63 modes"]
