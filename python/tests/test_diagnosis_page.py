"""The page of a diagnosis: self-contained, well-formed, every number of the diagnosis on it."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

from html_page import Page
from qtangent.convergence.words import number
from qtangent.datasets.origin import Origin
from qtangent.diagnosis import Code, Diagnosis, Finding, Section
from qtangent.report import Diagnosed, render_diagnoses
from qtangent.report.pictures import picture
from qtangent.report.typeset import typeset

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")

FACTS = [
    ("date", "2001-02-03 04:05 UTC"),
    ("command", "qtangent diagnose --out 'a <folder>'"),
    ("library", "1 & 2"),
]


def problem() -> tuple[qt.Model, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    X, y = random.uniform(0, 3, (12, 2)), np.repeat([1.0, -1.0], 6)
    X[6] = X[0]  # equal samples with opposite labels
    circuit = qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 1)
    circuit.parameter_names = ["<i>a</i>", *"bcd"]
    return qt.Model(circuit, qt.pauli("ZI")), X, y


@pytest.fixture(scope="module")
def entry() -> Diagnosed:
    model, X, y = problem()
    finding = Finding(
        "kernel_rank",
        4,
        (3.25, 5.5),
        12.0,
        Code.KERNEL_RANK_DEFICIENT,
        "Rank 4 < 12.",
        "<source>",
        "Not & all.",
    )
    section = Section(
        "express", "Can the model express it?", Code.KERNEL_RANK_DEFICIENT, "It cannot.", (finding,)
    )
    found = replace(qt.diagnose(model, y, X=X), sections=(section,), advice="Add <parameters>.")
    origin = Origin("mine <b>.csv", "line", np.arange(12) + 2)
    return Diagnosed(
        "odd", "Odd & <b>title</b>", found, "twelve <samples>", "a circuit", ("a <note>",), origin
    )


@pytest.fixture(scope="module")
def html(entry: Diagnosed) -> str:
    return render_diagnoses([entry, replace(entry, name="second", title="Second")], FACTS)


def test_self_contained_and_well_formed(html: str) -> None:
    page = Page(html)
    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(page.ids)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not re.search(r"@import|url\((?!#)", html)


def test_texts_of_the_user_are_escaped(html: str) -> None:
    for text in (
        "<folder>",
        "<b>title",
        "<samples>",
        "<note>",
        "<b>.csv",
        "<parameters>",
        "<source>",
        "<i>a",
    ):
        assert text not in html
    assert "Odd &amp; &lt;b&gt;title" in html


def test_what_stands_first(html: str, entry: Diagnosed) -> None:
    """The judgement, why, what to do, how to read it, accuracy beside loss; then sections that fold."""
    places = [
        html.index(text)
        for text in (
            "2001-02-03 04:05 UTC, <code>qtangent diagnose", f'class="answer {entry.diagnosis.verdict.value}"',
            "What to do.",
            "How to read this", "Accuracy of the short training", "Can the model express it?", "Which samples matter?",
            "The circuit", "Settings and versions",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert Page(html).tags.count("details") == 2 * 4


def test_the_page_shows_every_number_of_the_diagnosis(html: str, entry: Diagnosed) -> None:
    diagnosis = entry.diagnosis
    numbers = [
        diagnosis.trial.loss[0],
        diagnosis.trial.loss[-1],
        100 * diagnosis.trial.share,
        diagnosis.subject.reference,
    ]
    for section in diagnosis.sections:
        for finding in section.findings:
            numbers += [
                one
                for one in (finding.value, finding.threshold, *(finding.interval or ()))
                if one is not None
            ]
    for one in diagnosis.specimens:
        numbers += [*one.label, *one.prediction]
    assert len(numbers) > 10
    for one in numbers:
        assert str(typeset(number(float(one)))) in html, one
    assert diagnosis.trial.accuracy is not None
    assert f"{number(100 * diagnosis.trial.accuracy[-1])} % right" in html


def test_the_samples_that_matter(entry: Diagnosed, html: str) -> None:
    model, X, y = problem()
    first, second, *wrong = entry.diagnosis.specimens
    assert {first.sample, second.sample} == {0, 6}
    assert first.overlap == pytest.approx(1)
    assert first.values == tuple(X[first.sample])
    steps = entry.diagnosis.trial.step[-1]
    run = qt.train(model, y, X=X, optimizer=qt.Adam(0.05), steps=steps, record="predictions")
    last = run.predictions[-1]
    assert {one.sample for one in wrong} == set(np.flatnonzero(np.sign(last) != y))
    assert all(one.prediction == (last[one.sample],) for one in entry.diagnosis.specimens)
    residuals = [abs(one.prediction[0] - one.label[0]) for one in wrong]
    assert residuals == sorted(residuals, reverse=True)
    assert "sample 0 (line 2 of mine &lt;b&gt;.csv)" in html


def test_a_lone_diagnosis_has_no_table_of_several(entry: Diagnosed) -> None:
    html = render_diagnoses([entry], FACTS)
    assert "loss left" not in html
    assert Page(html).open == []


def test_numbers_instead_of_classes_have_no_accuracy() -> None:
    model, X, _ = problem()
    found = qt.diagnose(model, np.linspace(-3, 2, 12), X=X)
    html = render_diagnoses([Diagnosed("numbers", "Numbers", found)], [])
    assert "Accuracy" not in html
    assert any(one.kind == "far" for one in found.specimens)
    assert Page(html).open == []


def test_a_diagnosis_from_json_makes_the_same_page(entry: Diagnosed) -> None:
    again = replace(entry, diagnosis=Diagnosis.from_json(entry.diagnosis.to_json()))
    assert render_diagnoses([again], FACTS) == render_diagnoses([entry], FACTS)


@pytest.mark.parametrize(("count", "rectangles"), [(16, 16), (64, 64), (4, 4), (5, 5), (1, 1)])
def test_pictures_of_samples(count: int, rectangles: int) -> None:
    values = np.linspace(0.1, 1, count)
    svg = picture(values.tolist(), "a & b", 0.1, 1.0)
    assert "a &amp; b" in svg
    is_image = count >= 16
    assert svg.count("<rect") == (
        rectangles if is_image else count
    )  # the darkest pixel is left out, the frame added
    assert picture([], "none", 0.0, 1.0) == ""


def test_the_notebook_runs() -> None:
    """Verdicts, and what they rest on, are printed as they were saved."""
    pytest.importorskip("sklearn")
    path = Path(__file__).parents[1] / "notebooks/diagnosis.ipynb"
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    printed = io.StringIO()
    names: dict = {}
    with redirect_stdout(printed):
        for cell in cells:
            exec("".join(cell["source"]), names)
    saved = "".join("".join(output.get("text", [])) for cell in cells for output in cell["outputs"])
    for text in (
        "Rests on: training",
        "cannot ('floor',)",
        "samples 2 and 13 overlap by 1",
        "scale 1: trains - sublinear",
        "scale 2: trains - exponential",
    ):
        assert text in saved
        assert text in printed.getvalue()
