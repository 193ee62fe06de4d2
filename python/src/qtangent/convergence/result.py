"""The result of a study: its record, and the ways to tell it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .._native import arrays
from ..views.cards import card
from ..views.curve import curves
from .codes import Code
from .record import Record
from .telling.labelled import dataset
from .telling.loading import load
from .telling.storage import save
from .telling.summary import cells, summary
from .telling.verdict import outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from xarray import Dataset


class Study(Record):
    """Result of `qtangent.convergence.study`."""

    @property
    def verdict(self) -> str:
        """One sentence: does it train, how fast, and why not."""
        return outcome(self).sentence

    @property
    def code(self) -> Code:
        """The verdict as a code of the list that diagnoses use: TRAINS, TOO_SLOW, CANNOT or UNDECIDED."""
        return outcome(self).code

    @property
    def advice(self) -> str:
        """What to do; empty where nothing is to be changed."""
        return outcome(self).advice

    def summary(self) -> str:
        """A short table and sentences that say what was found."""
        return summary(self)

    def plot(self) -> Figure:
        """One figure with the seven panels of the report (needs matplotlib)."""
        from ..plots import overview

        return overview(self)

    def save(self, folder: str | Path, all_kernels: bool = False) -> None:
        """Write study.json, arrays.npz and the figures (SVG and PNG) into `folder`, each file atomically.

        Of kernels that take more than 16 MB a curve, `actual_kernel` and `asymptotic_kernel` in arrays.npz hold those at
        `kernel_times`, evenly spread over the recorded times, and `run`, which `Study.load` needs, is left out.

        Args:
            folder: Made if it does not exist.
            all_kernels: Save those of all recorded times, however large.

        Raises:
            FileError: The folder cannot be written; nothing is left half done.
            ImportError: Matplotlib is missing.
        """
        save(self, arrays.file_path(folder), arrays.flag("all_kernels", all_kernels))

    @classmethod
    def load(cls, folder: str | Path) -> Study:
        """Read what `save` wrote; the study is the one that was saved, bit for bit.

        Args:
            folder: Of `save`, or a study's own folder in that of `qtangent study`.

        Raises:
            FileError: The folder holds no study, or one whose kernels were too large to be saved unasked.
            CorruptedFileError: A file is damaged.
        """
        return cls(**load(arrays.file_path(folder)))

    def to_xarray(self) -> Dataset:
        """An xarray dataset of the three curves and what follows from them, over time, sample and output.

        Raises:
            ImportError: Xarray is missing.
        """
        return dataset(self)

    def __repr__(self) -> str:
        return f"<qtangent.Study: {self.verdict}>"

    def _repr_html_(self) -> str:
        lines = [("training", self.actual), ("frozen kernel", self.kernel_regression)]
        if self.asymptotic is not None:
            lines.append(("limit of infinitely many parameters", self.asymptotic))
        picture = curves(
            [(name, one.time, one.visible_loss) for name, one in lines],
            self.time_name,
            "Loss of training, frozen kernel and limit",
        )
        header, values = (row for row in cells([("", self)]))
        facts = list(zip(header[1:], values[1:], strict=True))
        return card("Study", facts, picture, text=self.verdict)
