"""From a model and its data to a diagnosis."""

from __future__ import annotations

import time as clock
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from .._extras import tqdm
from .._native import arrays as _arrays
from .._native import build_info
from .._native.errors import InvalidArgumentError, QTangentWarning
from ..convergence.checks import check_start, checked_labels, with_plain_output
from ..convergence.codes import Code
from ..convergence.task import Task
from ..habits.positional import named_after
from ..models import Model, expect_model
from ..runs import Run
from ..samples import Samples, labelled
from ..training import begin
from .case import Budget, Case
from .finding import Section
from .first_remedy import remedy
from .judgement import Standing, judge
from .parts import PARTS, advised
from .result import Diagnosis
from .specimens import specimens
from .subject import Subject
from .trial import Trial, told, trained

if TYPE_CHECKING:
    from ..circuits import Circuit


@named_after("y", before=1)
def diagnose(
    model: Model,
    y: ArrayLike,
    *,
    X: ArrayLike | Samples | None = None,
    states: ArrayLike | None = None,
    budget: Budget = "quick",
    seed: int = 0,
    theta: ArrayLike | None = None,
    family: Callable[[int, int], Circuit | Model] | None = None,
    progress: bool = False,
) -> Diagnosis:
    """Will it train, how fast, and why not: one verdict, and the numbers that it rests on.

    A short training by Adam, then one section a question: can the model express the labels, will training start, how fast
    will it go and by what law, where will it end, what should be changed. The rule that makes one verdict of them stands
    in docs/diagnosis.md, and the list of codes is `qtangent.diagnosis.Code`.

    Args:
        model: The network.
        y: Labels (m,), or (m, k) for k outputs.
        X: Features (m, f), or `qt.Samples` in the place of X and states. X, states or both, as for `model.predict`.
        states: Input states (m, d) or (m, d, d).
        budget: "quick", or "full" for longer trainings, more draws, and advice that is tried out.
        seed: Of theta and of everything that is drawn; the same seed gives the same numbers.
        theta: Where trainings start and kernels are taken, (p,); drawn uniformly from [0, 2 pi) by `seed` if left out.
        family: family(qubits, layers) builds circuits of other sizes, or models, for trends.
        progress: Show a bar (needs tqdm).

    Raises:
        InvalidArgumentError: Shapes disagree, values are not finite, the circuit has nothing to train, another budget.
        Interrupted: After Ctrl-C.

    Source: the sections name theirs; derivations in docs/maths.md.
    """
    started = clock.perf_counter()
    shown = _arrays.flag("progress", progress)
    case = checked(model, y, X, states, budget, seed, theta, family)
    task = Task(case.y)
    with warnings.catch_warnings():
        # What trainings warn of, the diagnosis says itself.
        warnings.simplefilter("ignore", QTangentWarning)
        parts = tqdm()(PARTS, leave=False) if shown else PARTS
        run = trained(case)
        trial = told(run, task)
        sections = tuple(part.answer(case) for part in parts)
        sections = (*sections, advised(case, sections))
    judgement = judge(_standing(case, task, run, trial), sections)
    return Diagnosis(
        verdict=judgement.verdict,
        sentence=judgement.sentence,
        advice=_advice(judgement.rests_on[0], sections, remedy(judgement, case, run, sections)),
        rests_on=judgement.rests_on,
        sections=sections,
        trial=trial,
        specimens=specimens(case, run, task),
        subject=_subject(case, task, clock.perf_counter() - started),
        drawing=case.model.circuit._repr_html_(),
    )


def checked(
    model: Model,
    y: ArrayLike,
    X: ArrayLike | Samples | None,
    states: ArrayLike | None,
    budget: Budget,
    seed: int,
    theta: ArrayLike | None,
    family: Callable[[int, int], Circuit | Model] | None,
) -> Case:
    """What is asked, checked before anything is computed."""
    if not _arrays.among(budget, ("quick", "full")):
        raise InvalidArgumentError(f"budget is {budget!r}; 'quick' or 'full' is expected")
    if family is not None and not callable(family):
        raise InvalidArgumentError(f"family is {family!r}; a function of qubits and layers is expected")
    expect_model(model)
    labels = checked_labels(y)
    model = with_plain_output(model)
    check_start(model, theta)
    if model.n_params == 0:
        raise InvalidArgumentError("no gate of the circuit depends on a parameter: there is nothing to train")
    samples, _ = labelled(model, labels, X, states, "mse")
    start = begin(model, labels, X=samples, theta=theta, seed=seed).theta
    return Case(model, labels.copy(), samples, start, budget, _arrays.seed(seed), family)


def _subject(case: Case, task: Task, seconds: float) -> Subject:
    circuit = case.model.circuit
    return Subject(
        qubits=circuit.n_qubits,
        instructions=len(circuit),
        parameters=case.model.n_params,
        features=circuit.n_features,
        outputs=case.model.n_outputs,
        scale=float(case.model.scale),
        samples=len(case.samples),
        has_classes=task.has_classes,
        reference=task.reference,
        seed=case.seed,
        budget=case.budget,
        has_family=case.family is not None,
        version=str(build_info()["version"]),
        seconds=seconds,
    )


def _standing(case: Case, task: Task, run: Run, trial: Trial) -> Standing:
    floor = run.loss_floor
    return Standing(
        share=trial.share,
        accuracy=None if trial.accuracy is None else trial.accuracy[-1],
        out_of_range=task.share(task.out_of_range(case.model)),
        floor=None if floor is None else task.share(floor),
        steps=trial.step[-1],
        reference=task.reference,
    )


def _advice(reason: str, sections: tuple[Section, ...], cure: str) -> str:
    """What helps against the reason, where there is one that nothing else helps against; else the first recommendation of
    the section, which knows more than the judgement."""
    if cure and reason.partition(".")[0] in ("range", "floor", "express"):
        return cure
    for section in sections:
        if section.name == "advice" and section.verdict is not Code.NOT_COMPUTED and section.findings:
            return section.findings[0].sentence
    return cure
