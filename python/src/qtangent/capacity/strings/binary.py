"""Pauli strings up to their signs, as vectors over the field of two elements.

The string i^|x & z| X^x Z^z on n qubits is the integer x 2^n + z, qubit 0 on the most significant bit; a product of
strings is, up to its sign, the exclusive or of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def number(letters: str) -> int:
    """The string of one letter (I, X, Y, Z) a qubit."""
    x, z = (int("".join("01"[letter in some] for letter in letters), 2) for some in ("XY", "YZ"))
    return (x << len(letters)) + z


def letters(string: int, n: int) -> str:
    """One letter a qubit."""
    x, z = string >> n, string
    return "".join("IZXY"[2 * (x >> k & 1) + (z >> k & 1)] for k in reversed(range(n)))


def swapped(string: int, n: int) -> int:
    """X and Z exchanged: a string anticommutes with this one if its `and` with the result has an odd number of bits."""
    return ((string & ((1 << n) - 1)) << n) + (string >> n)


def bracket_sign(a: int, b: int, n: int) -> int:
    """s in i A B = s AB, for strings A and B that anticommute."""
    low = (1 << n) - 1
    xa, za, xb, zb = a >> n, a & low, b >> n, b & low
    # A B = i^e (-1)^crossing AB, and e is odd where they anticommute.
    power = 1 + (xa & za).bit_count() + (xb & zb).bit_count() - ((xa ^ xb) & (za ^ zb)).bit_count()
    return 1 - (power + 2 * (za & xb).bit_count()) % 4


def components(strings: Iterable[int], n: int) -> Iterator[list[int]]:
    """The connected components of the graph whose edges are the pairs that anticommute."""
    waiting = list(dict.fromkeys(strings))
    while waiting:
        found = [waiting.pop()]
        for one in found:
            other = swapped(one, n)
            near = [string for string in waiting if (string & other).bit_count() & 1]
            found += near
            if near:
                taken = set(near)
                waiting = [string for string in waiting if string not in taken]
        yield found


def closed(strings: Sequence[int], n: int, most: int) -> tuple[int, ...] | None:
    """All strings of the Lie algebra that some generate, in ascending order; None if there are more than `most`."""
    generators = [(one, swapped(one, n)) for one in dict.fromkeys(strings)]
    found = {one for one, _ in generators}
    queue = list(found)
    for string in queue:
        # Brackets with the generators are enough, by the Jacobi identity.
        fresh = {string ^ one for one, other in generators if (string & other).bit_count() & 1} - found
        found |= fresh
        if len(found) > most:
            return None
        queue += fresh
    return tuple(sorted(found)) if len(found) <= most else None
