"""The report of studies that were saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .._native.errors import InvalidArgumentError
from ..plots import FIGURES, compare_losses, figure_bytes, single
from .entry import Entry
from .page import render

if TYPE_CHECKING:
    from ..convergence.result import Study


def render_studies(named: list[tuple[str, Study]], facts: list[tuple[str, str]] | None = None) -> str:
    """The page of any studies, as one HTML text without any link to the network.

    Args:
        named: names, each once, with their studies.
        facts: names and values for the table of settings and versions.

    Raises:
        InvalidArgumentError: no studies, or two of one name.
        ImportError: Matplotlib or Jinja2 is missing.
    """
    names = [name for name, _ in named]
    if not names or len(set(names)) < len(names):
        raise InvalidArgumentError(
            f"the studies are called {names}; at least one, with names of their own, are expected"
        )
    entries = [_entry(name, study) for name, study in named]
    comparison, _ = figure_bytes(compare_losses([*named]))
    return render(entries, {entries[0].dataset: comparison}, facts or [])


def _entry(name: str, study: Study) -> Entry:
    model = study.problem.model
    drawn = model.circuit
    circuit = (
        f"{drawn.n_qubits} qubits, {len(drawn)} instructions, {drawn.n_params} parameters; "
        f"{model.n_outputs} observable{'s' if model.n_outputs > 1 else ''}, scale {model.scale:g}"
    )
    figures = {figure: figure_bytes(single(figure, study))[0] for figure in FIGURES}
    about = "Studies that were saved, by the names of their folders"
    return Entry(name, name, "saved studies", about, circuit, study, figures, drawn)


def write_report(folders: list[Path], facts: list[tuple[str, str]]) -> str:
    """The page of the studies in folders.

    Args:
        folders: of one study each.
        facts: names and values for the table of settings and versions.

    Raises:
        FileError: A folder holds no study that can be read.
        CorruptedFileError: A study is damaged.
    """
    from ..convergence import Study

    return render_studies([(folder.resolve().name, Study.load(folder)) for folder in folders], facts)
