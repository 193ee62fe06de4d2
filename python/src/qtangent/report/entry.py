"""One study with the words a reader needs to know which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..circuits import Circuit
    from ..convergence.result import Study
    from ..datasets.origin import Origin


@dataclass(frozen=True, eq=False)
class Entry:
    """A study and its names."""

    name: str
    """Short, also the folder: digits-hea-scale1."""
    title: str
    """Readable: hardware-efficient, 32 layers, scale 1."""
    dataset: str
    description: str
    """Of the data set."""
    circuit: str
    """Of the ansatz, its size and the observable."""
    study: Study
    figures: dict[str, bytes]
    """SVG by name, as in plots.FIGURES."""
    drawn: Circuit
    """The circuit itself."""
    notes: tuple[str, ...] = ()
    """What was warned of."""
    origin: Origin | None = None
    """Where the training samples stand in their file."""
