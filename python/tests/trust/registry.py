"""All parts, in the order of docs/reliability.md."""

from . import boundary, circuits, interrupting, killing

PARTS = [
    *killing.PARTS,
    *interrupting.PARTS,
    *boundary.PARTS,
    *circuits.PARTS,
]
