"""How many directions a state can move in under a circuit: the true ceiling of the Fisher information's rank."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Complex, Real
from .._native.errors import InvalidArgumentError
from ..circuits import Circuit
from ..encoding import haar_states
from ..models import Model
from ..observables import pauli
from ..samples import Samples, samples_for
from .lie_algebra import LieAlgebra, algebra_of_sums
from .ranks import Rank, rank_of_gram, rank_of_tangents
from .strings.moved import encoding_and_body, moved_generators

_SEARCHED = 600
"""Dimensions of an algebra of sums that are searched."""
_LARGEST = 2**29
"""Bytes of all elements of a basis on one state."""
_WORK = 1e10
"""Gates times parameters times amplitudes of the deepest circuit whose Fisher information is taken: some seconds."""


@dataclass(frozen=True, repr=False, eq=False)
class OrbitDimension:
    """Dimensions of the orbits that a circuit's group makes of its samples' states, global phases left out."""

    dimension: tuple[int, ...]
    """One for each sample: the rank that the Fisher information of one pure sample reaches in deep circuits."""
    exact: bool
    """Whether these are the dimensions themselves; if not, they are upper bounds."""
    algebra: LieAlgebra | None
    """The algebra that the moved generators generate; None where each sample has its own, or where it is not known."""
    n_qubits: int
    gap: float
    """Smallest singular value that counted over the largest one that did not, the least of all samples; inf if none was
    left out."""

    @property
    def algebra_dimension(self) -> int | None:
        """Dimension of the algebra, None where it is not known."""
        return None if self.algebra is None or self.algebra.is_bound else self.algebra.dimension

    @property
    def largest(self) -> int:
        """2^(n + 1) - 2, the dimension of all pure states."""
        return _all_states(self.n_qubits)

    def __repr__(self) -> str:
        low, high = min(self.dimension), max(self.dimension)
        found = f"{low}" if low == high else f"{low} to {high}"
        algebra = f", algebra of dimension {self.algebra_dimension}" if self.algebra_dimension else ""
        return (
            f"<qtangent.OrbitDimension: {'' if self.exact else 'at most '}{found} of {self.largest} for "
            f"{len(self.dimension)} sample{'s' if len(self.dimension) > 1 else ''}{algebra}>"
        )


def orbit_dimension(
    model: Model | Circuit,
    *,
    states: ArrayLike | None = None,
    X: ArrayLike | Samples | None = None,
    seed: int = 0,
) -> OrbitDimension:
    """Dimension of the orbit of each sample's state under the group of the circuit's generators: the rank of
    {B_a|psi>} projected off |psi>, over a basis B_a of their Lie algebra, at a random state of the orbit.

    It is the ceiling of the rank of `Model.fisher_information`, which is at most min(dim g, 2^(n + 1) - 2) and often far
    less; circuits that reach it are over-parameterised (Larocca et al., arXiv 2109.11676).

    What comes before the first parameter prepares the states. Gates exp(-i theta G) are moved in front of the fixed gates
    between them, U = W prod exp(-i theta_l C_l^dagger G_l C_l), exactly; the algebra is that of the moved generators of
    this very circuit. More layers add generators if their fixed gates, one layer after the other, do not come back to 1
    within the layers that are there: ask for the deeper circuit then. A parameter that several gates share, with
    something in between that does not commute, counts once for each of them.

    Where the algebra is beyond reach (more than 600 dimensions of sums, see `lie_algebra`), deep circuits of the same
    generators stand in: if the rank of their Fisher information stops growing, it is the dimension. Where it does not
    within some seconds, the algebra of all single strings gives a bound, and `exact` is False. Derived in docs/maths.md.

    Args:
        model: a model or its circuit; the observable plays no part.
        states: pure input states (m, 2^n); |0...0> without.
        X: features (m, f), or `qt.Samples`, which take the place of X and states. Features that come after a
            parameter give every sample generators of its own.
        seed: of the random parameters.

    Raises:
        InvalidArgumentError: for circuits without parameters, density matrices, and what `Model.predict` refuses.
        OutOfMemoryError: before anything is allocated.

    Example:
        The ring of six qubits with X and ZZ layers moves |0...0> in 11 directions, not in the 17 of its algebra or
        the 126 of all states:

        >>> ring = sum(pauli("I" * k + "ZZ" + "I" * (4 - k)) for k in range(5)) + pauli("ZIIIIZ")
        >>> field = sum(pauli("I" * k + "X" + "I" * (5 - k)) for k in range(6))
        >>> orbit_dimension(ansatz.hamiltonian_variational([ring, field], 2))
        <qtangent.OrbitDimension: 11 of 126 for 1 sample, algebra of dimension 17>
    """
    if not isinstance(model, (Model, Circuit)):
        raise InvalidArgumentError(f"model is {model!r}; a qt.Model or a qt.Circuit is expected")
    circuit = (model.circuit if isinstance(model, Model) else model).bind()
    samples = samples_for(_Size(circuit.n_qubits, circuit.n_features), X, states)
    if samples.is_mixed:
        raise InvalidArgumentError(
            "the states are density matrices; orbits are of pure states, pass vectors of shape (m, 2^n)"
        )
    if not circuit.n_params:
        raise InvalidArgumentError("the circuit has no parameters; its states do not move")
    random = np.random.default_rng(_arrays.seed(seed))
    before, body = encoding_and_body(circuit)
    features, own = samples.X, bool(body.n_features)
    algebra, is_theirs = (None, False) if own else _generated(body, None)
    n = circuit.n_qubits
    if is_theirs and algebra is not None and _is_transitive(algebra, 2**n):
        return OrbitDimension((_all_states(n),) * len(samples), True, algebra, n, math.inf)
    outside = None if features is None or not before.n_features else features[:, : before.n_features]
    encoded = _with_observable(before).output_states(np.zeros(0), outside, _states(samples, circuit))
    inside = None if features is None or not own else features[:, : body.n_features]
    # W drops out of a circuit and the inverse of another one: this moves by moved generators only.
    moving = _with_observable(body + body.inverse())
    placed = moving.output_states(random.uniform(0, 2 * np.pi, moving.n_params), inside, encoded)
    rows = [None] * len(placed) if inside is None else list(inside)
    ranks: list[Rank] = []
    for state, row in zip(placed, rows, strict=True):
        found = None if own else _rank_in(algebra, state)
        if found is None or not is_theirs:
            highest = _at_most(algebra, n) if found is None else found.value
            found = _rank_of_deep_circuits(body, state, row, highest, random)
        if own and not found.exact:
            theirs, is_exact = _generated(body, row)
            inside_it = _rank_in(theirs, state)
            found = found if inside_it is None else Rank(inside_it.value, is_exact, inside_it.gap)
        ranks.append(found)
    exact = all(one.exact for one in ranks)
    gap = min(one.gap for one in ranks)
    return OrbitDimension(tuple(one.value for one in ranks), exact, algebra, n, gap)


@dataclass
class _Size:
    """What samples have to fit, for circuits that are too large to be simulated."""

    _n_qubits: int
    _n_features: int
    n_outputs: int = 1


def _all_states(n: int) -> int:
    """Dimensions of the pure states of n qubits."""
    return (2 << n) - 2


def _at_most(algebra: LieAlgebra | None, n: int) -> int:
    return _all_states(n) if algebra is None else min(algebra.dimension, _all_states(n))


def _states(samples: Samples, circuit: Circuit) -> Complex:
    """The samples' input states (m, 2^n)."""
    given = samples.states
    if given is not None:
        return given
    zero: Complex = _native.result(
        "the states", (len(samples), 2**circuit.n_qubits), 0, "samples", np.complex128
    )
    zero[:] = 0.0
    zero[:, 0] = 1.0
    return zero


def _with_observable(circuit: Circuit) -> Model:
    """A model of the circuit; states do not depend on its observable."""
    return Model(circuit, pauli("Z" * circuit.n_qubits))


def _generated(circuit: Circuit, x: Real | None) -> tuple[LieAlgebra | None, bool]:
    """The algebra of the moved generators, if it can be had, and whether no more than the circuit's own group has it."""
    try:
        moved = moved_generators(circuit, x)
    except InvalidArgumentError:
        return None, False
    if not moved.generators:
        return None, False
    algebra = algebra_of_sums(moved.generators, circuit.n_qubits, most=_SEARCHED)
    return algebra, not moved.has_shared and not algebra.is_bound


def _rank_in(algebra: LieAlgebra | None, state: Complex) -> Rank | None:
    """The rank of a basis on a state, None if there is no room for one."""
    d = len(state)
    if algebra is None:
        return None
    if _is_transitive(algebra, d):
        return Rank(2 * d - 2, True, math.inf)
    if 16 * d * algebra.dimension > _LARGEST or not algebra._is_listed:
        return None
    return rank_of_tangents(algebra._applied(state), state)


def _is_transitive(algebra: LieAlgebra, d: int) -> bool:
    """Whether the group of the algebra takes any pure state to any other: SU(d) does, and Sp(d/2)."""
    names = {f"su({d})", f"sp({d // 2})"}
    named = algebra.parts is not None and any(
        part.copies == 1 and part.name in names for part in algebra.parts
    )
    return named or algebra.dimension >= d * d - 1


def _rank_of_deep_circuits(
    body: Circuit, state: Complex, x: Real | None, highest: int, random: np.random.Generator
) -> Rank:
    """The rank of the Fisher information of circuits that move by moved generators only, if it stops growing, else the
    upper bound `highest`.

    A stretch with random parameters that adds nothing to the span of the tangent vectors leaves it as it is under all
    of the group, and then it is everything.
    """
    pair = body + body.inverse()
    deep = pair + pair
    if 4.0 * len(deep) * deep.n_params * len(state) > _WORK:
        return Rank(highest, False, math.inf)
    # A generator's size shows on a state that is an eigenvector of none.
    sizes = np.sqrt(np.abs(np.diagonal(_fisher(body, x, haar_states(body.n_qubits, 1)[0], random))))
    sizes[sizes == 0] = 1.0
    while True:
        sizes_of_all = np.tile(sizes, deep.n_params // len(sizes))
        fisher = _fisher(deep, x, state, random) / np.outer(sizes_of_all, sizes_of_all)
        found = rank_of_gram(fisher)
        # The first tangent vectors alone are those of the circuit without its last stretch.
        shorter = rank_of_gram(fisher[: -pair.n_params, : -pair.n_params])
        if found.value in (shorter.value, highest):
            return found
        deep = deep + deep
        if 2.0 * len(deep) * deep.n_params * len(state) > _WORK:
            return Rank(highest, False, found.gap)


def _fisher(circuit: Circuit, x: Real | None, state: Complex, random: np.random.Generator) -> Real:
    """The Fisher information of a pure state at random parameters."""
    theta = random.uniform(0, 2 * np.pi, circuit.n_params)
    return _with_observable(circuit).fisher_information(theta, x, state)
