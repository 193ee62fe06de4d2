"""The result of a diagnosis, and the ways to tell it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .._native import arrays
from .._native.errors import CorruptedFileError
from ..convergence.files import write_atomically
from ..views.cards import card
from ..views.curve import curves
from . import screen, storage
from .comparison import Comparison, compared
from .record import Record


class Diagnosis(Record):
    """Result of `qt.diagnose`; two are equal if all their numbers and words are."""

    def summary(self) -> str:
        """One screen: at most 40 lines of at most 80 columns."""
        return screen.screen(self)

    def to_json(self) -> str:
        """Everything as JSON, of the form that qtangent/diagnosis/schema.json describes; `from_json` reads it back, equal to
        the last bit. Numbers that JSON does not know are the strings "Infinity", "-Infinity" and "NaN"."""
        return storage.to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Diagnosis:
        """What `to_json` wrote.

        Args:
            text: The JSON.

        Raises:
            CorruptedFileError: It is no diagnosis.
        """
        return storage.from_json(cls, text)

    def save(self, path: str | Path) -> None:
        """Write `to_json` into a file, atomically.

        Args:
            path: Of the file; its folder must exist.

        Raises:
            FileError: It cannot be written.
        """
        write_atomically(arrays.file_path(path), self.to_json().encode())

    @classmethod
    def load(cls, path: str | Path) -> Diagnosis:
        """Read what `save` wrote.

        Args:
            path: Of the file.

        Raises:
            FileError: It cannot be read.
            CorruptedFileError: It holds no diagnosis.
        """
        text = storage.read(arrays.file_path(path))
        try:
            return cls.from_json(text)
        except CorruptedFileError as error:
            raise CorruptedFileError(f"{path}: {error}") from error

    @staticmethod
    def compare(diagnoses: Sequence[Diagnosis], names: Sequence[str] | None = None) -> Comparison:
        """Several diagnoses in one table, a row each.

        Args:
            diagnoses: At least one.
            names: Of the rows; numbers from 1 if left out.

        Raises:
            InvalidArgumentError: No diagnoses, or another number of names.
        """
        return compared(diagnoses, names)

    def __repr__(self) -> str:
        return f"<qtangent.Diagnosis: {self.sentence}>"

    def _repr_html_(self) -> str:
        places, losses = np.array(self.trial.step, dtype=np.float64), np.array(self.trial.loss)
        picture = curves([("training", places, losses)], "step", "Loss of a short training")
        facts = [
            ("what to do", self.advice or "nothing"),
            *((one.question, one.sentence) for one in self.sections),
        ]
        return card("Diagnosis", facts, picture, text=self.sentence)
