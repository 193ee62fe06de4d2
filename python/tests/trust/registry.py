"""All parts, in the order of docs/reliability.md."""

from . import allocation, boundary, circuits, damage, formats, interrupting, killing, sharing, soak, texts

PARTS = [
    *killing.PARTS,
    *interrupting.PARTS,
    *boundary.PARTS,
    *circuits.PARTS,
    *formats.PARTS,
    *texts.PARTS,
    *soak.PARTS,
    *allocation.PARTS,
    *sharing.PARTS,
    *damage.PARTS,
]
