"""The report: self-contained, well-formed, every link inside it lands, sentences typeset and escaped."""

from __future__ import annotations

import re

import numpy as np
import pytest
import qtangent as qt
from html_page import Page

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from qtangent.plots import FIGURES, compare_losses, figure_bytes, single
from qtangent.report import Entry, render
from qtangent.report.typeset import typeset


@pytest.fixture(scope="module")
def html() -> str:
    entries = []
    for scale in (1.0, 2.0):
        model = qt.Model(qt.ansatz.haar(2, 40, seed=0), qt.pauli("ZI"), scale=scale)
        states = qt.encoding.haar_states(2, 2, seed=0)
        study = qt.convergence.study(model, [1, -1], states=states, time=2.0, records=20)
        figures = {name: figure_bytes(single(name, study))[0] for name in FIGURES}
        title = f"Haar & <b>odd</b>, scale {scale:g}"
        circuit = model.circuit
        circuit.parameter_names = [f"<i>{k}</i>" for k in range(circuit.n_params)]
        words = (f"odd-{scale:g}", title, "<odd>", "two states", "a circuit")
        entries.append(Entry(*words, study, figures, circuit))
    svg, _ = figure_bytes(compare_losses([(entry.title, entry.study) for entry in entries]))
    return render(entries, {"<odd>": svg}, [("out", "a <folder>")])


def test_nothing_comes_from_outside(html: str) -> None:
    page = Page(html)
    assert all(link.startswith("#") for link in page.links)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not re.search(r"@import|url\((?!#)", html)
    # What is left of http is names, not addresses.
    assert set(re.findall(r"https?://[^\"'\s<>]+", html)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink",
    }  # fmt: skip


def test_well_formed_and_every_link_lands(html: str) -> None:
    page = Page(html)
    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(page.ids)
    assert page.tags.count("svg") == 1 + 2 * (len(FIGURES) + 1)


def test_texts_of_the_user_are_escaped(html: str) -> None:
    assert "<odd>" not in html
    assert "<b>odd</b>" not in html
    assert "<i>" not in html
    assert "&lt;i&gt;7&lt;/i&gt;" in html
    assert "a &lt;folder&gt;" in html


def test_figures_take_the_colour_of_the_page(html: str) -> None:
    """So that they can be read on a dark page."""
    from qtangent.plots.style import INK

    assert INK not in html
    assert "currentColor" in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("falls as t^-1.87, to 8.01e-7.", "falls as t<sup>&minus;1.87</sup>, to 8.01·10<sup>&minus;7</sup>."),
        ("32 t^2 L and (c0 + c1 t)^2", "32 t<sup>2</sup> L and (c0 + c1 t)<sup>2</sup>"),
        ("[-1.88, -1.87]", "[&minus;1.88, &minus;1.87]"),
        ("log-log, t^s, iris-hea-scale1", "log-log, t<sup>s</sup>, iris-hea-scale1"),
        ("2 lambda_min & <b>", "2 λ<sub>min</sub> &amp; &lt;b&gt;"),
        ("-", "-"),
    ],
)
def test_typesetting(text: str, expected: str) -> None:
    assert str(typeset(text)) == expected


def test_panels_that_hide_their_ticks_share_the_axis() -> None:
    """Studies with other steps record other times; a panel with none below it has ticks of its own."""
    states = qt.encoding.haar_states(2, 2, seed=0)
    named = []
    for place, (scale, time) in enumerate([(1.0, 1.0), (6.0, 2.0), (1.0, 3.0)]):
        model = qt.Model(qt.ansatz.haar(2, 40, seed=0), qt.pauli("ZI"), scale=scale)
        study = qt.convergence.study(model, [1, -1], states=states, time=time, records=10)
        named.append((str(place), study))
    figure = compare_losses(named)
    figure_bytes(figure)
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    first = min(study.actual.time[1] for _, study in named)
    assert figure.axes[0].get_xlim() == (first, max(study.actual.time[-1] for _, study in named))
    labelled = [axes.xaxis.get_tick_params()["labelbottom"] for axes in figure.axes]
    assert labelled == [False, True, True]
    assert [bool(axes.get_xlabel()) for axes in figure.axes] == labelled
    assert [axes.yaxis.get_tick_params()["labelleft"] for axes in figure.axes] == [True, False, True]


def singular(kind: str) -> qt.convergence.Study:
    y, states = np.resize([1.0, -1.0], 8), qt.encoding.haar_states(3, 8, seed=0)
    circuit = qt.ansatz.hardware_efficient(3, 1)
    if kind == "no influence":
        return qt.convergence.study(
            qt.Model(qt.Circuit(2).ry(qt.param(0), 1), qt.pauli("ZI")), [1, -1], states=np.eye(4)[:2], time=1
        )
    if kind == "nothing to learn":
        model = qt.Model(qt.ansatz.haar(2, 8, seed=0), qt.pauli("ZI"))
        theta, states = np.zeros(8), np.eye(4)[:2]
        return qt.convergence.study(
            model, model.predict(theta, states=states), states=states, theta=theta, time=1
        )
    if kind == "one sample":
        return qt.convergence.study(qt.Model(circuit, qt.pauli("ZII")), [1.0], time=1.0, records=20)
    return qt.convergence.study(qt.Model(circuit, qt.pauli("ZII")), y, states=states, time=1.0, records=20)


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
@pytest.mark.parametrize(
    "kind", ["more samples than parameters", "no influence", "nothing to learn", "one sample"]
)
def test_degenerate_kernels_can_be_drawn(kind: str) -> None:
    """A label belongs to a curve, no two ticks overlap, and a panel without a curve says why."""
    study = singular(kind)
    for name in FIGURES:
        figure = single(name, study)
        figure_bytes(figure)
        axes = figure.axes[0]
        curves = [line for line in axes.lines if np.isfinite(np.asarray(line.get_ydata(), dtype=float)).any()]
        labels = [text.get_text() for text in axes.texts]
        if not curves:
            assert len(labels) == 1, (name, labels)
        shown = axes.yaxis.get_tick_params().get("labelleft", True)
        ticks = zip(axes.get_yticks(), axes.get_yticklabels(), strict=True) if shown else ()
        heights = sorted(
            text.get_window_extent().y0
            for tick, text in ticks
            if text.get_text() and axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]
        )
        assert all(np.diff(heights) > 8), name
    assert study.plot().axes
    assert study.summary()


def test_comparison_shares_one_height() -> None:
    model = qt.Model(qt.ansatz.haar(2, 40, seed=0), qt.pauli("ZI"))
    states = qt.encoding.haar_states(2, 2, seed=0)
    study = qt.convergence.study(model, [1, -1], states=states, time=1.0, records=10)
    figure = compare_losses([("one", study), ("two", study), ("three", study)])
    assert len(figure.axes) == 3
    assert np.ptp([axes.get_ylim()[0] for axes in figure.axes]) == 0
