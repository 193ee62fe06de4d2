"""Output states of one sample at many random parameters."""

from __future__ import annotations

from collections.abc import Iterator

from numpy.typing import ArrayLike

from ..._native.arrays import Complex
from ..._native.errors import InvalidArgumentError
from ...models import Model
from ...samples import Samples
from .draws import Draws


def output_states(
    model: Model, x: ArrayLike | Samples | None, state: ArrayLike | None, draws: int, seed: int
) -> Iterator[Complex]:
    """Pure states (s, 2^n) after the circuit, `draws` in all and an even number in every part but the last.

    Raises:
        InvalidArgumentError: for what is not one sample with a pure state, and a circuit without parameters.
    """
    sample = model._one_sample(x, state)
    if sample.is_mixed:
        raise InvalidArgumentError("the input state is a density matrix; a pure state (2^n,) is needed")
    if model.n_params == 0:
        raise InvalidArgumentError("the circuit has no parameters, so it has one output state alone")
    for theta in Draws(model, draws, seed).calls(16 << model._n_qubits):
        yield model.output_states(theta, sample)[:, 0]
