"""All parts, in the order of docs/reliability.md."""

from . import boundary, circuits, formats, interrupting, killing, soak

PARTS = [
    *killing.PARTS,
    *interrupting.PARTS,
    *boundary.PARTS,
    *circuits.PARTS,
    *formats.PARTS,
    *soak.PARTS,
]
