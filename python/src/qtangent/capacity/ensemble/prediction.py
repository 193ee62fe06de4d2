"""The variance of gradients of deep circuits, exactly, from their Lie algebra."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...angles import param
from ...models import Model
from ...observables import pauli
from ...samples import Samples, samples_for
from ..lie_algebra import algebra_of_sums
from ..strings.binary import closed
from ..strings.moved import encoding_and_body, moved_in_order
from ..strings.sums import scaled_to_one
from .coordinates import Coordinates
from .second_moments import Turn, departures

_INSIDE = 1e-8
"""What of an operator may lie outside of the algebra, as a share of its norm."""
_MIXED = 0.1
"""By how much the variance at a gate, as a share of it, may differ from the group's where both sides count as deep."""
_QUBITS = 12
_STATES_QUBITS = 6
"""Up to here all 4^n strings of the states are looked at."""
_STRINGS = 300


@dataclass(frozen=True, eq=False)
class GradientVariancePrediction:
    """Of d yhat_ja / d theta_k over random theta, where both sides of the gate are deep."""

    variance: Real | None
    """(m, p), or (m, k, p) for a list of k observables: NaN for parameters one side of whose gate is shallow, and for
    outputs whose observable is not in the algebra where the states are not either. None where nothing can be said."""
    reason: str
    """Why there is no prediction, or none for some; empty if there is one for all."""
    algebra_dimension: int | None
    """None where it was not computed."""

    @property
    def mean(self) -> float | None:
        """Of all entries for which there is a prediction."""
        return None if self.variance is None else float(np.nanmean(self.variance))

    def __repr__(self) -> str:
        if self.variance is None:
            return f"<qtangent.GradientVariancePrediction: none, {self.reason}>"
        known = int(np.isfinite(self.variance).sum())
        return (
            f"<qtangent.GradientVariancePrediction: {self.mean:.4g}, {known} of {self.variance.size} derivatives, "
            f"algebra of dimension {self.algebra_dimension}>"
        )


def gradient_variance_prediction(
    model: Model, X: ArrayLike | Samples | None = None, states: ArrayLike | None = None
) -> GradientVariancePrediction:
    """What `gradient_variance` is of a circuit that mixes over the group of its Lie algebra g on both sides of a gate
    exp(-i theta H):

        Var d yhat / d theta = sum_i ||O_i||^2 ||rho_i||^2 ||H_i||^2 / (dim g_i)^2

    over the simple ideals g_i, O_i and rho_i the parts in them (tr(A B) norms), ||H_i||^2 = -tr(ad_H ad_H) on g_i.

    Source: Fontana et al., Nature Communications 15, 7171 (2024), arXiv 2309.07902; Ragone et al., Nature Communications 15,
    7172 (2024), arXiv 2309.09342; normalised and derived in docs/maths.md. Generators and observables are moved through the
    fixed gates first. There is a prediction only where the observable or every traceless state lies in g, within 1e-8.
    Whether both sides are deep is computed and not guessed: the second moments of the observable, taken back to the gate,
    and of the samples, taken forward to it, bound how far the variance, as a mean over the samples, is from the group's;
    10 % are allowed (each gate's angle uniform over its period, docs/maths.md).

    Args:
        model: on 12 qubits at most, each parameter in one gate, features before the parameters.
        X: features (m, f), or `qt.Samples`, which take the place of X and states.
        states: input states (m, 2^n), or density matrices (m, 2^n, 2^n); |0...0> without. Beyond 6 qubits the
            observable has to lie in g.

    Returns:
        `GradientVariancePrediction`, its variance (m, p), or (m, k, p) for a list of k observables, or None with the
        reason.

    Raises:
        InvalidArgumentError: for shapes that do not fit.
        OutOfMemoryError: before anything is allocated.
    """
    samples, n, p = samples_for(model, X, states), model._n_qubits, model.n_params
    if n > _QUBITS:
        return _none(f"{n} qubits are more than {_QUBITS}")
    try:
        before, body = encoding_and_body(model.circuit.bind())
        if body.n_features:
            return _none("features come after parameters, so that every sample has a group of its own")
        for k, one in enumerate(model._observables):
            # Moved to the front like a generator: W^+ O W.
            body.evolve(param(p + k), model.scale * one)
        ordered = moved_in_order(body)
    except InvalidArgumentError as error:
        return _none(str(error))
    measured = {parameter: terms for parameter, terms in ordered if parameter >= p}
    gates = [(parameter, terms) for parameter, terms in ordered if parameter < p]
    owners = [parameter for parameter, _ in gates]
    if repeated := [one for one in owners if owners.count(one) > 1]:
        name = model.circuit.parameter_names[repeated[0]]
        return _none(f"parameter {name} enters {owners.count(repeated[0])} gates that do not act as one")
    generators = [{string: value for string, value in terms.items() if string} for _, terms in gates]
    if not any(generators):
        return _none("no parameter stands in a gate that does something")
    if closed(sorted({string for terms in generators for string in terms}), n, _STRINGS) is None:
        return _none(f"the generators' Pauli strings generate an algebra of more than {_STRINGS} dimensions")
    distinct = {tuple(scaled_to_one(one).items()): one for one in generators if one}
    algebra = algebra_of_sums(list(distinct.values()), n, most=_STRINGS)
    if algebra.is_bound or algebra.dimension > _STRINGS:
        return _none(f"the generators' algebra has more than {_STRINGS} dimensions")
    there = Coordinates.of(algebra, n)
    if not there.simple:
        return _none("all generators commute, so that the circuit does not mix", algebra.dimension)
    found = [there.of_sum(measured.get(p + k, {})) for k in range(model.n_outputs)]
    usable = np.array([outside <= _INSIDE * np.hypot(outside, np.linalg.norm(o)) for o, outside in found])
    features = samples.X
    encoded = Model(before, pauli("Z" * n)).output_states(
        np.zeros(0), None if features is None else features[:, : before.n_features], samples.states
    )
    if not usable.all() and n <= _STATES_QUBITS:
        usable |= there.hold(encoded, _INSIDE)
    if not usable.any():
        about = (
            ""
            if n <= _STATES_QUBITS
            else f", and states of more than {_STATES_QUBITS} qubits are not looked at"
        )
        return _none(
            f"neither the observable nor the traceless states lie in the Lie algebra{about}",
            algebra.dimension,
        )
    h = np.stack([there.of_sum(one)[0] for one in generators])
    return _deep(model, there, owners, h, there.of_states(encoded), np.stack([o for o, _ in found]), usable)


def _none(reason: str, dimension: int | None = None) -> GradientVariancePrediction:
    return GradientVariancePrediction(None, reason, dimension)


def _deep(
    model: Model,
    there: Coordinates,
    owners: list[int],
    h: Real,
    r: Real,
    o: Real,
    usable: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> GradientVariancePrediction:
    """From the coordinates of generators (q, D), states (m, D) and observables (k, D): of the gates that are deep on both
    sides."""
    names = [one.tobytes() for one in h]
    adjoints = {name: there.adjoint(one) for name, one in dict(zip(names, h, strict=True)).items()}
    variance = np.zeros((len(r), len(o), len(h)))
    for part in there.simple:
        killing = {name: float(np.sum((part @ one @ part.T) ** 2)) for name, one in adjoints.items()}
        weights = np.sum((r @ part.T) ** 2, axis=1)[:, None] * np.sum((o @ part.T) ** 2, axis=1)
        variance += weights[:, :, None] * np.array([killing[one] for one in names]) / len(part) ** 2
    kinds = {name: Turn(one) for name, one in adjoints.items()}
    errors = _errors(r, o, there.simple, [kinds[one] for one in names])
    expected = variance.mean(axis=0)
    deep = (errors <= _MIXED * expected) & usable[:, None]
    dimension = len(there.elements)
    if not deep.any():
        least = float((errors / np.where(expected > 0, expected, np.inf))[usable].min(initial=np.inf))
        return _none(
            f"no gate is deep on both sides: the group's variance may be off by {least:.0%} and more",
            dimension,
        )
    result = np.full((len(r), len(o), model.n_params), np.nan)
    for number, parameter in enumerate(owners):
        result[:, deep[:, number], parameter] = variance[:, deep[:, number], number]
    # What stands in no gate moves nothing.
    result[:, :, np.setdiff1d(np.arange(model.n_params), owners)] = 0.0
    shallow = int((~deep[usable]).sum())
    reasons = [f"{shallow} of {deep[usable].size} gates have a shallow side"] if shallow else []
    if not usable.all():
        reasons.append(f"observable {int(np.argmin(usable))} is not in the Lie algebra")
    shaped = result if model._outputs else result[:, 0]
    return GradientVariancePrediction(shaped, "; ".join(reasons), dimension)


def _errors(r: Real, o: Real, simple: list[Real], turns: list[Turn]) -> Real:
    """How far the variances, as means over the samples, may be from those of the group, at each gate: (k, q).

    With the moments S and R of both sides and their limits, tr(S ad R ad^T) differs from the limit by what each side does
    alone, computed exactly, and by tr((S - S_limit) ad (R - R_limit) ad^T), which norms bound.
    """
    before, limit = _moments(r, simple)
    sides = [_moments(one[None], simple) for one in o]
    states, far = departures(before, limit, turns, [one for _, one in sides])
    result = np.empty((len(o), len(turns)))
    norms = np.array([one.norm for one in turns])
    for k, (behind, group) in enumerate(sides):
        measured, distance = departures(behind, group, turns[::-1], [limit])
        result[k] = np.abs(states[k]) + np.abs(measured[0, ::-1]) + norms**2 * far * distance[::-1]
    return result


def _moments(vectors: Real, simple: list[Real]) -> tuple[Real, Real]:
    """The mean second moment of vectors (m, D), the centre apart, and what the group makes of it: (D, D) each."""
    kept = np.sum([vectors @ part.T @ part for part in simple], axis=0)
    moment = kept.T @ kept / len(vectors)
    limit = np.zeros_like(moment)
    for part in simple:
        limit += float(np.trace(part @ moment @ part.T)) / len(part) * (part.T @ part)
    return moment, limit
