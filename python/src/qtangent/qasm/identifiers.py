"""Names of parameters and features as names that a program may have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from .gates import KNOWN, LANGUAGE

_WORDS = """
    OPENQASM include defcalgrammar def cal defcal gate extern box let break continue if else end return for while in switch
    case default pragma input output const readonly mutable qreg qubit creg bool bit int uint float angle complex array
    void duration stretch gphase inv pow ctrl negctrl dim durationof delay reset measure barrier true false opaque nop
    pi π tau τ euler ℇ e im sin cos tan arcsin arccos arctan asin acos atan exp ln log sqrt ceiling floor mod popcount
    rotl rotr real imag sizeof
"""
_TAKEN = {*_WORDS.split(), *KNOWN, *LANGUAGE[2], *LANGUAGE[3]}


def identifiers(names: Iterable[str]) -> list[str]:
    """For each name one that is allowed in a program, different from all others and from gates and words of the language.

    A name that is allowed stays, "θ[10]" becomes "_θ_10_" as Qiskit writes it, and what is taken gets underscores around it,
    so that the name without them is still the same.
    """
    given = list(names)
    originals = set(given)
    # In the order of the names, and quick to look up.
    found: dict[str, None] = {}
    for name in given:
        written = _allowed(name)
        while written in _TAKEN or written in found or (written != name and written in originals):
            written = f"_{written}_"
        found[written] = None
    return list(found)


def unused(name: str, taken: Collection[str]) -> str:
    """A name that is none of those taken."""
    while name in taken:
        name += "_"
    return name


def _allowed(name: str) -> str:
    indexed = re.fullmatch(r"(\w+)((?:\[\d+\])+)", name)
    if indexed:
        name = f"_{indexed.group(1)}{indexed.group(2).replace('][', '_').replace('[', '_').replace(']', '_')}"
    written = "".join(
        letter if letter == "_" or letter.isalpha() or letter in "0123456789" else "_" for letter in name
    )
    return written if written[:1] not in "0123456789" else f"_{written}"
