"""The framework of a diagnosis: its rule, its JSON, its screen, bad input."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from diagnosis_cases import SCHEMA
from json_schema import faults
from qtangent.convergence.task import Task
from qtangent.diagnosis import Code, Diagnosis, Finding, Section
from qtangent.diagnosis.judgement import RULES, Standing, judge
from qtangent.diagnosis.parts import PARTS, Part

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")


def model(scale: float = 1.0) -> qt.Model:
    return qt.Model(qt.encoding.angle(2) + qt.ansatz.hardware_efficient(2, 2), qt.pauli("ZI"), scale=scale)


X = np.random.default_rng(0).uniform(0, 3, (12, 2))
Y = np.where(np.cos(X[:, 0]) > 0, 1.0, -1.0)


@pytest.fixture(scope="module")
def found() -> Diagnosis:
    return qt.diagnose(model(), Y, X=X)


def finding(code: Code, name: str = "one", value: float | None = 1.0) -> Finding:
    return Finding(name, value, None, None, code, "The reason is this.", "derived in docs/maths.md")


def section(name: str, *codes: Code) -> Section:
    return Section(name, "Is it so?", codes[0], "It is.", tuple(finding(code) for code in codes))


def ended(code: Code, loss: float) -> Section:
    one = Finding("final_loss", loss, (loss, 2 * loss), None, Code.UNDECIDED, "The reason is this.", "s")
    return Section("end", "Where?", code, "There.", (one,))


FAR = Standing(share=0.6, accuracy=0.7, out_of_range=0.0, floor=0.0, steps=100, reference=2.0)
NUMBERS = replace(FAR, accuracy=None)


@pytest.mark.parametrize(
    ("standing", "sections", "verdict", "rests_on"),
    [
        # Accuracy decides before any bound on the loss.
        (replace(FAR, accuracy=1.0), [], Code.TRAINS, "training"),
        (replace(FAR, accuracy=0.95), [section("express", Code.KERNEL_RANK_DEFICIENT)], Code.TRAINS, "training"),
        (replace(FAR, accuracy=1.0, floor=0.5), [section("speed", Code.SUBLINEAR)], Code.TRAINS, "training"),
        (replace(NUMBERS, share=0.05), [], Code.TRAINS, "training"),
        (replace(NUMBERS, share=0.051), [], Code.UNDECIDED, "training"),
        # Labels that nothing measured can meet.
        (replace(FAR, accuracy=1.0, out_of_range=0.25), [], Code.CANNOT, "range"),
        (replace(FAR, out_of_range=0.04), [], Code.UNDECIDED, "training"),
        # Floors: of numbers, of classes, and where training stands on them.
        (replace(NUMBERS, floor=0.06), [], Code.CANNOT, "floor"),
        (replace(NUMBERS, floor=0.04), [], Code.UNDECIDED, "training"),
        (replace(FAR, floor=0.06), [], Code.UNDECIDED, "training"),
        (replace(FAR, floor=0.58), [], Code.CANNOT, "floor"),
        (replace(FAR, share=1.2, floor=1.0), [], Code.CANNOT, "floor"),
        (replace(FAR, floor=None), [], Code.UNDECIDED, "training"),
        # The list of rules, in its order.
        (FAR, [section("express", Code.KERNEL_RANK_DEFICIENT)], Code.CANNOT, "express.one"),
        (FAR, [section("express", Code.LABELS_OUT_OF_REACH, Code.KERNEL_RANK_DEFICIENT)], Code.CANNOT, "express.one"),
        # A finding that its section does not follow.
        (FAR, [section("start", Code.NO_PLATEAU, Code.PLATEAU)], Code.UNDECIDED, "training"),
        (FAR, [section("start", Code.PLATEAU)], Code.TOO_SLOW, "start.one"),
        (FAR, [section("speed", Code.SUBLINEAR)], Code.TOO_SLOW, "speed.one"),
        (FAR, [section("speed", Code.EXPONENTIAL)], Code.TRAINS, "speed.one"),
        (NUMBERS, [section("start", Code.PLATEAU), section("speed", Code.NEVER)], Code.CANNOT, "speed.one"),
        (FAR, [section("speed", Code.EXPONENTIAL), section("start", Code.PLATEAU)], Code.TOO_SLOW, "start.one"),
        (FAR, [section("start", Code.NO_PLATEAU)], Code.UNDECIDED, "training"),
        # Ends: at rest or not, arrived or not, of classes better than the short training or not.
        (NUMBERS, [ended(Code.ONE_BASIN, 1.2)], Code.CANNOT, "end.final_loss"),
        (NUMBERS, [ended(Code.MANY_BASINS, 0.5)], Code.CANNOT, "end.final_loss"),
        (NUMBERS, [ended(Code.UNDECIDED, 0.5)], Code.UNDECIDED, "training"),
        (NUMBERS, [ended(Code.MANY_BASINS, 0.1)], Code.TRAINS, "end.final_loss"),
        (FAR, [ended(Code.MANY_BASINS, 0.5)], Code.UNDECIDED, "training"),
        (FAR, [ended(Code.MANY_BASINS, 1.2)], Code.CANNOT, "end.final_loss"),
        (FAR, [ended(Code.UNDECIDED, 0.1)], Code.TRAINS, "end.final_loss"),
        (NUMBERS, [Section("end", "Where?", Code.NOT_COMPUTED, "No.", ())], Code.UNDECIDED, "training"),
        (NUMBERS, [section("speed", Code.NEVER)], Code.CANNOT, "speed.one"),
        (NUMBERS, [Section("speed", "How fast?", Code.NEVER, "Never.", ())], Code.CANNOT, "speed"),
    ],
)  # fmt: skip
def test_the_rule(standing: Standing, sections: list[Section], verdict: Code, rests_on: str) -> None:
    judged = judge(standing, tuple(sections))
    assert (judged.verdict, judged.rests_on[0]) == (verdict, rests_on)
    opening = {"trains": "Trains", "too_slow": "Too slow", "cannot": "Cannot", "undecided": "Undecided"}
    assert judged.sentence.startswith(f"{opening[verdict.value]}: ")
    assert judged.sentence.endswith(".")
    if "." in rests_on:
        assert "the reason is this; 100 steps" in judged.sentence


def test_every_rule_names_a_part_and_a_judgement() -> None:
    judgements = {Code.TRAINS, Code.TOO_SLOW, Code.CANNOT, Code.UNDECIDED}
    assert {verdict for _, _, verdict in RULES} <= judgements
    assert {name for name, _, _ in RULES} <= {"express", "start", "speed", "end"}
    assert {part.name for part in PARTS} <= {"express", "start", "speed", "end"}


def test_a_diagnosis_has_the_form_of_the_schema(found: Diagnosis) -> None:
    content = json.loads(found.to_json(), parse_constant=pytest.fail)
    assert faults(content, SCHEMA) == []
    for broken in (
        {**content, "verdict": "exponential"},
        {**content, "more": 1},
        {name: value for name, value in content.items() if name != "trial"},
        {**content, "subject": {**content["subject"], "qubits": 2.5}},
        {**content, "rests_on": []},
    ):
        assert len(faults(broken, SCHEMA)) == 1


def test_the_schema_lists_the_codes_and_describes_every_field() -> None:
    assert SCHEMA["$defs"]["code"]["enum"] == [one.value for one in Code]

    def silent(schema: dict, place: str) -> list[str]:
        inner = {**schema.get("properties", {}), **schema.get("$defs", {})}
        found = [f"{place}.{name}" for name, one in inner.items() if not one.get("description")]
        return found + [fault for name, one in inner.items() for fault in silent(one, f"{place}.{name}")]

    assert silent(SCHEMA, "$") == []


def test_json_comes_back_to_the_last_bit(found: Diagnosis, tmp_path: Path) -> None:
    odd = Finding("steps", 1 / 3, (5e-324, math.inf), -math.inf, Code.NEVER, "Ä “quote”\n", "s", "Infinity")
    whole = Section(
        "speed", "How fast?", Code.NEVER, "NaN", (odd, finding(Code.FROZEN, value=np.float64(0.1)))
    )
    for one in (found, replace(found, sections=(whole,))):
        assert Diagnosis.from_json(one.to_json()) == one
        one.save(tmp_path / "one.json")
        back = Diagnosis.load(tmp_path / "one.json")
        assert back == one
        assert back.to_json() == one.to_json()
        assert faults(json.loads(one.to_json()), SCHEMA) == []
    assert isinstance(back.section("speed").finding("steps").verdict, Code)
    assert back.section("speed").finding("steps").interval == (5e-324, math.inf)


def test_what_is_no_diagnosis_is_refused(found: Diagnosis, tmp_path: Path) -> None:
    for text in (
        "",
        "[]",
        "{}",
        '{"format": "x"}',
        found.to_json()[:-20],
        found.to_json().replace('"trains"', '"up"'),
    ):
        with pytest.raises(qt.CorruptedFileError, match="no saved diagnosis"):
            Diagnosis.from_json(text)
    with pytest.raises(qt.FileError, match=r"none\.json"):
        Diagnosis.load(tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(qt.CorruptedFileError):
        Diagnosis.load(tmp_path / "bytes")
    with pytest.raises(qt.FileError):
        found.save(tmp_path / "nowhere" / "one.json")


def test_the_short_training_is_a_training(found: Diagnosis) -> None:
    run = qt.train(model(), Y, X=X, optimizer=qt.Adam(0.05), steps=found.trial.step[-1], record="predictions")
    assert found.trial.loss == tuple(run.loss[list(found.trial.step)])
    assert found.trial.accuracy is not None
    right = np.mean(np.sign(run.predictions) == Y, axis=1)[list(found.trial.step)]
    assert found.trial.accuracy == tuple(right)
    assert found.subject.reference == pytest.approx(np.var(Y) / 2)
    assert found.trial.share == pytest.approx(run.loss[-1] / (np.var(Y) / 2))


def test_the_same_seed_gives_the_same_numbers(found: Diagnosis) -> None:
    again = qt.diagnose(model(), Y, X=qt.Samples(X))
    assert replace(again, subject=found.subject) == found
    assert qt.diagnose(model(), Y, X=X, seed=1).trial.loss != found.trial.loss


def test_one_screen(found: Diagnosis) -> None:
    long = Section(
        "speed",
        "How fast, and by what law?",
        Code.NEVER,
        "No.",
        tuple(finding(Code.NEVER) for _ in range(30)),
    )
    much = replace(found, sections=(long,) * 5, advice="raise the scale " * 40, sentence="word " * 200)
    for one in (found, much):
        lines = one.summary().splitlines()
        assert len(lines) <= 40
        assert max(map(len, lines)) <= 80
    assert found.summary().startswith(found.sentence[:40])
    assert "more in the JSON" in much.summary()


def test_shown_in_a_line_and_as_a_card(found: Diagnosis) -> None:
    assert repr(found) == f"<qtangent.Diagnosis: {found.sentence}>"
    assert "\n" not in repr(found)
    assert "qtangent-card" in found._repr_html_()
    assert "<svg" in found._repr_html_()


def test_a_comparison(found: Diagnosis) -> None:
    other = replace(found, verdict=Code.CANNOT, sections=(section("end", Code.MANY_BASINS),))
    table = Diagnosis.compare([found, other], ["first & best", "second"])
    text = str(table).splitlines()
    assert text[0].split()[:2] == ["verdict", "qubits"]
    assert text[2].split()[:2] == ["second", "cannot"]
    assert "many_basins" in text[2]
    assert "first &amp; best" in table._repr_html_()
    assert repr(Diagnosis.compare([found])) == f"<qtangent.Comparison: 1 {found.verdict.value}>"
    with pytest.raises(ValueError, match="no diagnoses"):
        Diagnosis.compare([])
    with pytest.raises(ValueError, match="1 names for 2"):
        Diagnosis.compare([found, other], ["one"])


def test_a_part_that_cannot_be_had_says_why() -> None:
    def fails(case: object) -> Section:
        raise qt.OutOfMemoryError("it takes 9 GB")

    missing = Part("end", "Where will it end?", fails).answer(None)  # type: ignore[arg-type]
    assert missing.verdict is Code.NOT_COMPUTED
    assert "it takes 9 GB" in missing.sentence


def test_a_section_and_a_finding_are_found_by_name(found: Diagnosis) -> None:
    with_section = replace(found, sections=(section("end", Code.ONE_BASIN),))
    assert with_section.section("end").finding("one").verdict is Code.ONE_BASIN
    for call in (lambda: found.section("none"), lambda: with_section.section("end").finding("none")):
        with pytest.raises(KeyError, match="none"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: qt.diagnose(model(), Y[:3], X=X), r"\(3,\)"),
        (lambda: qt.diagnose(model(), np.where(Y > 0, np.nan, Y), X=X), "nan"),
        (lambda: qt.diagnose(model(), Y, X=X * np.inf), "X"),
        (lambda: qt.diagnose(model(), Y), "2 features"),
        (lambda: qt.diagnose(model(), X, X=Y), "y comes first"),
        (lambda: qt.diagnose(model(), Y, X), "by name"),
        (lambda: qt.diagnose(model(), Y, X=X, theta=np.zeros(3)), "theta"),
        (lambda: qt.diagnose(model(), Y, X=X, theta=np.zeros((2, 8))), "one parameter set"),
        (lambda: qt.diagnose(model(), Y, X=X, budget="large"), "budget is 'large'"),
        (lambda: qt.diagnose(model(), Y, X=X, seed=-1), "seed"),
        (lambda: qt.diagnose(model(), Y, X=X, family=3), "family is 3"),
        (lambda: qt.diagnose(model().circuit, Y, X=X), "a qt.Model is expected"),
        (lambda: qt.diagnose(qt.Model(qt.Circuit(1).h(0), qt.pauli("X")), [1.0]), "nothing to train"),
    ],
)
def test_bad_input_is_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        call()  # type: ignore[operator]
    assert isinstance(caught.value, qt.QTangentError)


def test_labels_and_what_they_are_for() -> None:
    from qtangent.convergence.task import Task

    assert Task(np.array([1.0, -1.0])).has_classes
    assert not Task(np.array([0.1, 0.2, 0.3, 0.4])).has_classes
    assert not Task(np.array([-3.0])).has_classes
    assert Task(np.array([[1.0, -1], [-1, 1], [1, -1]])).has_classes
    assert not Task(np.array([[1.0, 1], [-1, 1]])).has_classes
    assert Task(np.array([-8.0])).reference == 32
    assert Task(np.zeros(3)).reference == 0.5
    numbers = np.random.default_rng(0).normal(size=(9, 2))
    constant = 0.5 * np.sum((numbers - numbers.mean(axis=0)) ** 2) / 9
    assert Task(numbers).reference == pytest.approx(constant)
    two = qt.Model(qt.ansatz.hardware_efficient(2, 1), [qt.pauli("ZI"), 0.5 * qt.projector("01")], scale=-1)
    assert Task(np.array([[2.0, 1.0], [-0.5, -0.25]])).out_of_range(two) == pytest.approx((1 + 1) / 4)


@pytest.mark.parametrize("labels", [np.full(20, 0.3), np.append(np.full(19, 0.3), 0.1 + 0.2)])
def test_equal_labels_are_held_against_zero(labels: np.ndarray) -> None:
    """Their mean differs from them by rounding: that is no best constant prediction to hold a loss against."""
    assert Task(labels).reference == pytest.approx(0.045)


def test_small_differences_of_labels_count() -> None:
    assert Task(np.array([1e-200, -1e-200, 1e-9])).reference == pytest.approx(1e-18 / 9)
    assert Task(1 + np.array([1e-6, -1e-6])).reference == pytest.approx(5e-13)
