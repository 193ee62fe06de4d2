"""Results, Jacobians and products of tapes of one structure, in one call of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from .outcomes import Outcome, State, Variance
from .tapes import Structure, Values


@dataclass(frozen=True)
class Job:
    """One tape."""

    structure: Structure
    values: Values
    tape: Any
    cotangent: Any = None
    """Weights of the results."""

    def shaped(self, rows: Any) -> Any:
        """Rows (b, ...) as PennyLane expects them: without the axis where the tape has no batch."""
        return rows if self.values.batch is not None else rows[0]

    def trained(self) -> Iterator[tuple[int | None, tuple[int, ...]]]:
        """Of each trained parameter its column among the model's, None for one that is no angle, and its shape."""
        for place, value in zip(self.tape.trainable_params, self.tape.get_parameters(), strict=True):
            yield self.structure.columns[place], np.shape(value)


def results(jobs: list[Job]) -> list[Any]:
    """The results of each tape, a tuple for several measurements."""
    model = jobs[0].structure.model
    given = together(jobs, lambda theta, states: (model.predict(theta, states=states),))
    return [_results(job, values) for job, (values,) in zip(jobs, given, strict=True)]


def results_and_jacobians(jobs: list[Job]) -> list[tuple[Any, Any]]:
    """Results, and the derivative of each by each trained parameter, as PennyLane nests them.

    Raises:
        InvalidArgumentError: for states, and for a parameter that a broadcast tape has one of a sample.
    """
    _expect_derivatives(jobs)
    model = jobs[0].structure.model
    given = together(jobs, lambda theta, states: model._predictions_and_jacobian(theta, states))
    return [
        (_results(job, values), _jacobian(job, values, slopes))
        for job, (values, slopes) in zip(jobs, given, strict=True)
    ]


def products(jobs: list[Job]) -> list[Any]:
    """The gradient of each tape's weighted results by each of its trained parameters.

    Raises:
        InvalidArgumentError: for states.
    """
    _expect_derivatives(jobs)
    structure = jobs[0].structure
    values: Sequence[Any] = [None] * len(jobs)
    if any(isinstance(one, Variance) for one in structure.outcomes):
        values = [
            one for (one,) in together(jobs, lambda t, states: (structure.model.predict(t, states=states),))
        ]
    weights = [_weights(job, given) for job, given in zip(jobs, values, strict=True)]
    if any(job.values.states is not None for job in jobs):
        gradients = [_gradient(job, rows) for job, rows in zip(jobs, weights, strict=True)]
    else:
        theta = np.concatenate([job.values.angles for job in jobs])
        gradient, _ = structure.model.vjp(theta, np.concatenate(weights)[:, None])
        gradients = _split(gradient, jobs)
    return [_for_each_parameter(job, gradient) for job, gradient in zip(jobs, gradients, strict=True)]


Call = Callable[[Real, Complex | None], tuple[Any, ...]]
"""Arrays (s, m, ...) for parameter sets (s, p) and input states (m, 2^n), or one sample without."""


def together(jobs: list[Job], call: Call) -> list[list[Any]]:
    """What a call gives for the rows of each tape: from one call where no tape brings states."""
    if any(job.values.states is not None for job in jobs):
        return [_rows(job.values, call) for job in jobs]
    whole = call(np.concatenate([job.values.angles for job in jobs]), None)
    return [list(parts) for parts in zip(*(_split(array[:, 0], jobs) for array in whole), strict=True)]


def _split(rows: Any, jobs: list[Job]) -> list[Any]:
    ends = np.cumsum([len(job.values.angles) for job in jobs])
    return [rows] if len(jobs) == 1 else np.split(rows, ends[:-1])


def _rows(values: Values, call: Call) -> list[Any]:
    """Arrays with a row a sample of the batch."""
    angles, states = values.angles, values.states
    if states is None or len(states) == 1:
        return [array[:, 0] for array in call(angles, states)]
    if len(angles) == 1:
        return [array[0] for array in call(angles, states)]
    each = [call(angles[k : k + 1], states[k : k + 1]) for k in range(len(states))]
    return [np.concatenate([array[0] for array in arrays]) for arrays in zip(*each, strict=True)]


def _parts(job: Job) -> Iterator[tuple[Outcome, slice]]:
    """Each measurement with its observables' place among all."""
    start = 0
    for outcome in job.structure.outcomes:
        yield outcome, slice(start, start := start + len(outcome.observables))


def _results(job: Job, values: Real) -> Any:
    found, model = [], job.structure.model
    for outcome, part in _parts(job):
        if isinstance(outcome, State):
            (rows,) = _rows(job.values, lambda theta, states: (model.output_states(theta, states=states),))
        else:
            rows = outcome.values(values[:, part])
        found.append(job.shaped(rows))
    return tuple(found) if len(found) > 1 else found[0]


def _jacobian(job: Job, values: Real, slopes: Real) -> Any:
    found = []
    for outcome, part in _parts(job):
        assert not isinstance(outcome, State)
        moved = outcome.push(values[:, part], slopes[:, part])
        derivatives = []
        for column, shape in job.trained():
            if column is not None and job.values.is_batched[column]:
                raise InvalidArgumentError(
                    "the Jacobian of a broadcast tape by a parameter that each sample has its own of is mostly zeros; "
                    "products with vectors are possible: QNode(..., device_vjp=True)"
                )
            rows = np.zeros((*moved.shape[:-1], *shape)) if column is None else moved[..., column]
            derivatives.append(job.shaped(rows))
        found.append(derivatives[0] if len(derivatives) == 1 else tuple(derivatives))
    return tuple(found) if len(found) > 1 else found[0]


def _weights(job: Job, values: Real | None) -> Real:
    """Weights of the observables' values (b, c), from those of the results."""
    given = job.cotangent if len(job.structure.outcomes) > 1 else (job.cotangent,)
    rows = job.values.batch or 1
    parts = []
    for (outcome, part), one in zip(_parts(job), given, strict=True):
        assert not isinstance(outcome, State)
        weights = np.asarray(one, dtype=np.float64).reshape(rows, -1)
        parts.append(outcome.pull(None if values is None else values[:, part], weights))
    return np.concatenate(parts, axis=1)


def _gradient(job: Job, weights: Real) -> Real:
    """The gradient by the model's parameters, (b, p), or (1, p) where the batch shares all angles."""
    model, angles, states = job.structure.model, job.values.angles, job.values.states
    if states is None or len(states) == 1:
        return model.vjp(angles, weights[:, None], states=states)[0]
    if len(angles) == 1:
        return model.vjp(angles, weights, states=states)[0]
    each = [model.vjp(angles[k], weights[k : k + 1], states=states[k : k + 1])[0] for k in range(len(states))]
    return np.stack(each)


def _for_each_parameter(job: Job, gradient: Real) -> Any:
    total = gradient.sum(axis=0)
    found = []
    for column, shape in job.trained():
        if column is None:
            found.append(np.zeros(shape))
        else:
            found.append(gradient[:, column] if job.values.is_batched[column] else total[column])
    return _Ragged(found)


class _Ragged(tuple[Any, ...]):
    """Gradients of any shapes. PennyLane's interface for PyTorch asks np.squeeze for the shape, to see whether there are
    any; arrays of different shapes have none."""

    @property
    def shape(self) -> tuple[int]:
        return (len(self),)

    def squeeze(self) -> _Ragged:
        return self


def _expect_derivatives(jobs: list[Job]) -> None:
    if not jobs[0].structure.has_derivatives:
        raise InvalidArgumentError(
            "states have no derivatives here; return expectation values, variances or probabilities"
        )
