"""All parts, in the order of docs/reliability.md."""

from . import boundary, circuits, killing

PARTS = [
    *killing.PARTS,
    *boundary.PARTS,
    *circuits.PARTS,
]
