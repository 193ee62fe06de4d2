"""Another encoding, where the one that there is keeps the loss above a floor."""

from __future__ import annotations

from collections.abc import Iterator

from ... import encoding
from ...circuits import Circuit
from ...convergence import Study, study
from ...convergence.codes import Code
from ...convergence.words import number
from ...models import Model
from ..case import Case
from ..finding import REFUSALS, Finding, Section
from .proposals import finding_of

_SOURCE = "docs/floor.md"
_LOWER = 0.9
_STEPS = {"quick": 0, "full": 500}


def other_encoding(case: Case, sections: tuple[Section, ...]) -> Finding | None:
    """The encoding of the library with the lowest floor of the loss, if it is lower than that of the case's own."""
    known = finding_of(sections, "express", "loss_floor")
    if known is None or not known.value:
        return None
    own = float(known.value)
    split = _split(case.model.circuit)
    if split is None:
        return None
    trainable = case.model.circuit[split:]
    found: list[tuple[float, str, Model]] = []
    for name, circuit in _encodings(case.model.circuit.n_qubits, case.model.circuit.n_features):
        model = Model(circuit.then(trainable), case.model.observable, case.model.scale, case.model.precision)
        floor = _floor(case, model)
        if floor is not None:
            found.append((floor, name, model))
    if not found or min(found, key=lambda one: one[0])[0] > _LOWER * own:
        return None
    floor, name, model = min(found, key=lambda one: one[0])
    text = (
        f"Encode the features by {name}: its states keep the loss above {number(floor)} only, those of the present encoding "
        f"above {number(own)}"
    )
    if case.budget == "full":
        text += f"; tried out: {number(_short(case, model).actual.final_loss)} after {_STEPS['full']} steps"
    return Finding(
        "encoding", floor, None, own, Code.TRAINS, f"{text}.", _SOURCE,
        "The value is the floor of the loss on the training samples; new data may ask for another encoding.",
    )  # fmt: skip


def _floor(case: Case, model: Model) -> float | None:
    try:
        return _short(case, model, 1).floor
    except REFUSALS:
        return None


def _short(case: Case, model: Model, steps: int | None = None) -> Study:
    most = _STEPS["full"] if steps is None else steps
    return study(model, case.y, X=case.samples, theta=case.theta, max_steps=most, records=2)


def _split(circuit: Circuit) -> int | None:
    """Where the trainable part begins: behind instructions without parameters, among which are all features."""
    if not circuit.n_features:
        return None
    for place in range(1, len(circuit)):
        if circuit[:place].n_params:
            place -= 1
            rest = circuit[place:]
            return place if rest.n_features == 0 and rest.n_params == circuit.n_params else None
    return None


def _encodings(n: int, features: int) -> Iterator[tuple[str, Circuit]]:
    if features != n:
        return
    yield "an RY rotation a qubit (qt.encoding.angle)", encoding.angle(n)
    if n > 1:
        yield "ZZ products, twice (qt.encoding.zz)", encoding.zz(n)
        yield "diagonal phases, twice (qt.encoding.iqp)", encoding.iqp(n, 2)
