"""Channels by Kraus operators and by probabilities of Pauli strings, and what they leave of states on average."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import _native
from .._native import arrays as _arrays
from .._native.arrays import Complex
from .._native.errors import InvalidArgumentError
from ..channels import Channel
from ..channels.channel import as_channel
from ..observables import Observable, Term
from .averages import averages
from .probabilities import probability


def kraus(operators: Iterable[ArrayLike] | Complex, name: str = "kraus") -> Channel:
    """The channel rho -> sum_k K_k rho K_k^dagger.

    Args:
        operators: the K_k, each (2^n, 2^n), n up to 4, the first qubit on the most significant index.
        name: what drawings and messages call it.

    Raises:
        InvalidArgumentError: unless the operators have one size and sum_k K_k^dagger K_k is 1 to within 1e-10.
    """
    if not isinstance(operators, Iterable):
        raise InvalidArgumentError(f"operators is {operators!r}; a list of Kraus operators is expected")
    operators = list(operators)
    if not operators:
        raise InvalidArgumentError("operators is empty; a channel needs at least one Kraus operator")
    matrices = [_arrays.square_matrix(f"operators[{k}]", one) for k, one in enumerate(operators)]
    sizes = {len(matrix) for matrix in matrices}
    if len(sizes) > 1:
        raise InvalidArgumentError(f"the operators have {sorted(sizes)} rows; all must have one size")
    if max(sizes) > 16:
        raise InvalidArgumentError(
            f"the operators have {max(sizes)} rows; a channel acts on at most four qubits, 16 rows"
        )
    stacked = np.ascontiguousarray(matrices)
    return Channel._adopt(
        _native.create(
            "qtg_channel_kraus",
            _arrays.pointer(stacked),
            len(stacked),
            stacked.shape[1],
            _arrays.text("name", name),
        )
    )


def pauli(probabilities: Mapping[str, float]) -> Channel:
    """Every Pauli string acts with its probability, and nothing happens with what remains to 1.

    PennyLane and Aer call it PauliError and pauli_error, Stim PAULI_CHANNEL_1 on one qubit.

    Args:
        probabilities: by string, one letter (I, X, Y, Z) a qubit, all of one length.

    Raises:
        InvalidArgumentError: for probabilities outside [0, 1] or that add up to more than 1, and for strings of
            different lengths.
    """
    if not isinstance(probabilities, Mapping) or not probabilities:
        raise InvalidArgumentError(
            f'probabilities is {probabilities!r}; a dictionary such as {{"X": 0.01}} is expected'
        )
    for letters in probabilities:
        if not isinstance(letters, str):
            raise InvalidArgumentError(f'{letters!r} is no Pauli string; letters such as "XZ" are expected')
    lengths = sorted({len(letters) for letters in probabilities})
    if len(lengths) > 1:
        raise InvalidArgumentError(
            f"the strings of probabilities have {' and '.join(map(str, lengths))} letters; each needs one a qubit"
        )
    terms = [
        Term(probability(f"the probability of {letters!r}", value), pauli=letters)
        for letters, value in probabilities.items()
    ]
    words = ", ".join(f"{letters} {value:.4g}" for letters, value in list(probabilities.items())[:3])
    more = ", ..." if len(probabilities) > 3 else ""
    return mixture(terms, f"pauli({words}{more})")


def mixture(terms: Sequence[Term], name: str) -> Channel:
    """The channel of Pauli strings whose coefficients are their probabilities."""
    first = terms[0].pauli
    observable = Observable.from_terms(len(first or ""), terms)
    return Channel._adopt(_native.create("qtg_channel_pauli", observable._handle, _arrays.text("name", name)))


def twirl(channel: Channel) -> float:
    """What is left of a traceless operator when the channel is averaged over all unitaries before it and their
    inverses after it: rho -> q rho + (1 - q) 1/d with q = (sum_k |tr K_k|^2 - 1)/(d^2 - 1), the mean of the
    diagonal of `Channel.ptm` without its first entry. Derived in docs/maths.md.

    Args:
        channel: on any number of qubits; one that takes any number is meant on one.

    Raises:
        InvalidArgumentError: for what is no channel.
    """
    return averages(as_channel(channel)).twirl


def unitarity(channel: Channel) -> float:
    """How much of a traceless operator's norm the channel leaves on average: u = ||M||_F^2/(d^2 - 1), M the `Channel.ptm`
    without its first row and column; 1 for unitaries alone, and at least `twirl` squared. Derived in docs/maths.md.

    Args:
        channel: on any number of qubits; one that takes any number is meant on one.

    Raises:
        InvalidArgumentError: for what is no channel.
    """
    return averages(as_channel(channel)).unitarity
