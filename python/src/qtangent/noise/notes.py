"""Readout errors in the note of a run: its model's observables have them already, and detectors are set to those without."""

from __future__ import annotations

import json
from collections.abc import Sequence

from .._native.errors import CorruptedFileError
from ..observables import Observable
from .model import NoiseModel

# Notes of others begin with something else.
_MARK = b"qtangent.readout "


def note(noise: NoiseModel | None, given: Sequence[Observable]) -> bytes:
    """The readout errors of the noise, and the observables without them; empty where there are none."""
    if noise is None or not noise._readouts:
        return b""
    content = {
        "errors": [[one.e0, one.e1, one.qubits] for one in noise._readouts],
        "observables": [one._bytes().hex() for one in given],
    }
    return _MARK + json.dumps(content).encode()


def noted(found: bytes) -> tuple[NoiseModel, list[Observable]] | None:
    """Noise of the readout errors alone, and the observables without them; None for a note without any.

    Raises:
        CorruptedFileError: for a note that is none of `note`.
    """
    if not found.startswith(_MARK):
        return None
    try:
        content = json.loads(found[len(_MARK) :])
        noise = NoiseModel()
        for e0, e1, qubits in content["errors"]:
            noise = noise.readout(e0, e1, qubits)
        given = []
        for one in content["observables"]:
            observable = Observable.__new__(Observable)
            observable.__setstate__(bytes.fromhex(one))
            given.append(observable)
    except (ValueError, TypeError, LookupError) as error:
        raise CorruptedFileError(f"damaged data: the readout errors of the run: {error}") from None
    return noise, given
