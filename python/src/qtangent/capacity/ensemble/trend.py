"""How the variance of gradients goes with the number of qubits and of layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..._native import arrays
from ..._native.arrays import Real
from ..._native.errors import InvalidArgumentError
from ...circuits import Circuit
from ...models import Model
from ...observables import Observable
from .gradient_variance import gradient_variance
from .intervals import Slope, slope


@dataclass(frozen=True, eq=False)
class GradientVarianceTrend:
    """The mean variance of gradients over sizes of a family of circuits, and how fast its logarithm falls."""

    qubits: tuple[int, ...]
    """q numbers of qubits."""
    layers: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    """(q, l): the layers of each circuit; column by column they are followed over the qubits."""
    variance: Real
    """(q, l)."""
    interval: Real
    """(q, l, 2): 95 %."""
    slopes: tuple[Slope, ...]
    """Of ln variance by one more qubit, one for each column of layers. -ln 2 = -0.69 is that of random circuits; it is not
    an exponential law by itself, for a power n^-a has the slope -a/n."""
    depth_slopes: tuple[Slope, ...]
    """Of ln variance by one more layer, one for each number of qubits; none for a single column of layers."""

    def __repr__(self) -> str:
        told = ", ".join(
            f"{one.value:.3g} [{one.interval[0]:.3g}, {one.interval[1]:.3g}]" for one in self.slopes
        )
        return f"<qtangent.GradientVarianceTrend: {'-'.join(map(str, self.qubits))} qubits, ln variance by {told}>"


def gradient_variance_trend(
    family: Callable[[int, int], Circuit],
    observable: Callable[[int], Observable],
    qubits: Sequence[int],
    layers: Sequence[int] | Callable[[int], int],
    *,
    draws: int = 200,
    seed: int = 0,
) -> GradientVarianceTrend:
    """`gradient_variance` of a family of circuits on |0...0>, and the slope of its logarithm over qubits and layers.

    The lines are fitted with the points weighted by their intervals. Intervals of slopes are at least as wide as the
    scatter about the line asks for, so they are wide where the variance follows no exponential law.

    Args:
        family: (qubits, layers) -> circuit, without features.
        observable: qubits -> observable.
        qubits: two or more numbers of qubits.
        layers: numbers of layers, the same for all qubits, or a function that gives one for each, as `lambda n: 10 * n`.
        draws: sets of parameters for each circuit, at least 2.
        seed: of the parameters; every circuit has its own.

    Raises:
        InvalidArgumentError: for fewer than two numbers of qubits, equal ones, no layers; for circuits with features or
            on other qubits than asked for; and where no parameter of a circuit moves the prediction.
        Interrupted: after Ctrl-C.
    """
    for name, value in (("family", family), ("observable", observable)):
        if not callable(value):
            raise InvalidArgumentError(f"{name} is {arrays.shown(value)}; a function is expected")
    sizes = [arrays.integer("qubits", n) for n in arrays.several("qubits", qubits, "numbers of qubits")]
    given = layers if callable(layers) else arrays.several("layers", layers, "numbers of layers")
    if len(sizes) < 2 or len(set(sizes)) < len(sizes):
        raise InvalidArgumentError(f"qubits is {sizes}; two or more different numbers are needed for a trend")
    depths = np.array(
        [[arrays.integer("layers", one) for one in ([given(n)] if callable(given) else given)] for n in sizes]
    )
    if depths.size == 0 or any(len(set(row)) < len(row) for row in depths.tolist()):
        raise InvalidArgumentError(f"layers is {layers!r}; one or more different numbers are needed")
    seeds = iter(np.random.SeedSequence(arrays.seed(seed)).generate_state(depths.size, np.uint64).tolist())
    variance, interval = np.empty(depths.shape), np.empty((*depths.shape, 2))
    for (i, j), depth in np.ndenumerate(depths):
        model = _model(family, observable, sizes[i], int(depth))
        found = gradient_variance(model, draws=draws, seed=next(seeds))
        if not found.mean > 0:
            raise InvalidArgumentError(
                f"no parameter of family({sizes[i]}, {depth}) moves the prediction, so there is no trend; "
                "take another observable or more layers"
            )
        variance[i, j], interval[i, j] = found.mean, found.interval
    columns = range(depths.shape[1])
    rows = range(len(sizes)) if len(columns) > 1 else range(0)
    return GradientVarianceTrend(
        tuple(sizes), depths, variance, interval,
        tuple(slope(sizes, variance[:, j], interval[:, j]) for j in columns),
        tuple(slope(depths[i], variance[i], interval[i]) for i in rows),
    )  # fmt: skip


def _model(
    family: Callable[[int, int], Circuit], observable: Callable[[int], Observable], n: int, depth: int
) -> Model:
    circuit = family(n, depth)
    if not isinstance(circuit, Circuit):
        raise InvalidArgumentError(f"family({n}, {depth}) is {circuit!r}; a qt.Circuit is expected")
    if circuit.n_qubits != n or circuit.n_features:
        raise InvalidArgumentError(
            f"family({n}, {depth}) has {circuit.n_qubits} qubits and {circuit.n_features} features; {n} qubits and no "
            "features are expected"
        )
    return Model(circuit, observable(n))
