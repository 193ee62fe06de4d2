"""The result of a study: its record, and the ways to tell it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .record import Record
from .telling.findings import outcome
from .telling.storage import save
from .telling.summary import summary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Study(Record):
    """Result of `qtangent.convergence.study`."""

    @property
    def verdict(self) -> str:
        """One sentence: does it train, and how fast."""
        return outcome(self)

    def summary(self) -> str:
        """A short table and sentences that say what was found."""
        return summary(self)

    def plot(self) -> Figure:
        """One figure with the six panels of the report (needs matplotlib)."""
        from ..plots import overview

        return overview(self)

    def save(self, folder: str | Path, all_kernels: bool = False) -> None:
        """Write study.json, arrays.npz and the figures (SVG and PNG) into `folder`, each file atomically.

        Of kernels that take more than 16 MB a curve, `actual_kernel` and `asymptotic_kernel` in arrays.npz hold those at
        `kernel_times`, evenly spread over the recorded times.

        Args:
            folder: Made if it does not exist.
            all_kernels: Save those of all recorded times, however large.

        Raises:
            FileError: The folder cannot be written; nothing is left half done.
            ImportError: Matplotlib is missing.
        """
        save(self, Path(folder), all_kernels)

    def __repr__(self) -> str:
        return f"<qtangent.Study: {self.verdict}>"
