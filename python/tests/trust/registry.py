"""All parts, in the order of docs/reliability.md."""

from . import killing

PARTS = [*killing.PARTS]
