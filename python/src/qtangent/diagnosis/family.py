"""Circuits like the case's own in other sizes: where the case stands among them, what they measure and start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._native.arrays import Complex
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..models import Model
from ..observables import Observable, Term
from ..samples import Samples
from .case import Case

_MOST_LAYERS = 1024
_PRODUCT_STATES = 4


@dataclass(frozen=True)
class Family:
    """The case's circuit as a member of its family: an encoding without parameters, if there is one, then the member."""

    case: Case
    builder: Callable[[int, int], Circuit | Model]
    layers: int
    """That the case's circuit has."""
    encoding: Circuit | None
    """What stands before the member in the case's circuit."""

    @classmethod
    def of(cls, case: Case) -> Family | str:
        """The case's family, or why there is none."""
        if case.family is None:
            return "no family of circuits was given (a function of qubits and layers)"
        circuit = case.model.circuit
        size = -1
        for layers in range(1, _MOST_LAYERS + 1):
            try:
                member = _circuit(case.family(circuit.n_qubits, layers))
            except Exception as error:
                return f"family({circuit.n_qubits}, {layers}) failed: {error}"
            before = len(circuit) - len(member)
            if before < 0 or len(member) == size:
                break
            size = len(member)
            if member.n_params == circuit.n_params and circuit[before:] == member:
                encoding = circuit[:before]
                if not encoding.n_params:
                    return cls(case, case.family, layers, encoding if before else None)
        return f"no number of layers gives the case's circuit on {circuit.n_qubits} qubits"

    def own_size(self, layers: int) -> Model:
        """The member on as many qubits as the case, behind the case's encoding."""
        given = self.case.model
        member = _circuit(self.builder(given.circuit.n_qubits, layers))
        return Model(
            member if self.encoding is None else self.encoding.then(member), given.observable, given.scale
        )

    def member(self, qubits: int, layers: int) -> tuple[Model, Samples] | str:
        """A member of any size with what it measures and a few input samples, or why there is none."""
        try:
            made = self.builder(qubits, layers)
        except Exception as error:
            return f"there is none on {qubits} qubits ({error})"
        if isinstance(made, Model):
            model = made
        else:
            given = self.case.model.observable
            several = [_resized(one, qubits) for one in (given if isinstance(given, list) else [given])]
            observables = [one for one in several if one is not None]
            if len(observables) < len(several):
                return "the observable has no counterpart on other numbers of qubits; let the family return a qt.Model"
            model = Model(
                made, observables if isinstance(given, list) else observables[0], self.case.model.scale
            )
        return model, self._inputs(model)

    def _inputs(self, model: Model) -> Samples:
        """|0...0> where the case starts there; else random features, and random product states in the place of others."""
        random = np.random.default_rng([self.case.seed, 4])
        X = self._range
        features = None
        if model.circuit.n_features:
            low, high = X if X is not None else (0.0, 2 * np.pi)
            features = random.uniform(low, high, (_PRODUCT_STATES, model.circuit.n_features))
        is_plain = self.encoding is None and not self.case.samples.dimension
        if features is not None or is_plain:
            return Samples(features)
        return Samples(states=_product_states(random, model.circuit.n_qubits))

    @cached_property
    def _range(self) -> tuple[float, float] | None:
        X = self.case.samples.X
        return None if X is None else (float(X.min()), float(X.max()))

    @property
    def inputs(self) -> str:
        """What members of other sizes start from, in words."""
        if self.case.samples.n_features and self.encoding is None:
            return "on random features in the range of the data"
        if self.encoding is None and not self.case.samples.dimension:
            return "from |0...0>"
        return "from random product states"


def _circuit(made: Circuit | Model) -> Circuit:
    if isinstance(made, Model):
        return made.circuit
    if not isinstance(made, Circuit):
        raise InvalidArgumentError(f"the family returned {made!r}; a qt.Circuit or a qt.Model is expected")
    return made


def _resized(observable: Observable, qubits: int) -> Observable | None:
    """The observable on another number of qubits: strings of one letter cover all of them, others keep their distance
    from the first qubit or else from the last one."""
    n = observable.n_qubits
    if n == qubits:
        return observable
    if observable.dense is not None:
        return None
    words = [term.pauli or term.projector or "" for term in observable.terms]
    if all(len(set(word)) == 1 for word in words):
        return _with([word[:1] * qubits for word in words], observable)
    if any(term.projector is not None for term in observable.terms):
        return None
    used = [k for word in words for k, letter in enumerate(word) if letter != "I"]
    first, last = min(used), max(used)
    if last + 1 < n and last < qubits:
        return _with([word[: last + 1].ljust(qubits, "I") for word in words], observable)
    if first > 0 and n - first <= qubits:
        return _with([word[first:].rjust(qubits, "I") for word in words], observable)
    return None


def _with(words: list[str], observable: Observable) -> Observable:
    terms = [
        Term(term.coefficient, None if term.pauli is None else word, None if term.projector is None else word)
        for term, word in zip(observable.terms, words, strict=True)
    ]
    return Observable.from_terms(len(words[0]), terms)


def _product_states(random: np.random.Generator, qubits: int) -> Complex:
    states = np.ones((_PRODUCT_STATES, 1), dtype=np.complex128)
    for _ in range(qubits):
        parts = random.normal(size=(_PRODUCT_STATES, 2)) + 1j * random.normal(size=(_PRODUCT_STATES, 2))
        parts /= np.linalg.norm(parts, axis=1, keepdims=True)
        states = (states[:, :, None] * parts[:, None, :]).reshape(_PRODUCT_STATES, -1)
    return states
