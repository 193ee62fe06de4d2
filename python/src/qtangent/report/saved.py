"""The pages of studies and of diagnoses that were saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .._native.errors import FileError, InvalidArgumentError
from ..convergence.words import counted
from ..plots import FIGURES, compare_losses, figure_bytes, single
from .diagnoses import Diagnosed, render_diagnoses
from .entry import Entry
from .page import render

if TYPE_CHECKING:
    from ..convergence.result import Study

_STUDY, _DIAGNOSIS = "study.json", "diagnosis.json"


def render_studies(named: list[tuple[str, Study]], facts: list[tuple[str, str]] | None = None) -> str:
    """The page of any studies, as one HTML text without any link to the network.

    Args:
        named: names, each once, with their studies.
        facts: names and values for the table of settings and versions.

    Raises:
        InvalidArgumentError: no studies, or two of one name.
        ImportError: Matplotlib or Jinja2 is missing.
    """
    _expect_different("studies", [name for name, _ in named])
    entries = [_entry(name, study) for name, study in named]
    comparison, _ = figure_bytes(compare_losses([*named]))
    return render(entries, {entries[0].dataset: comparison}, facts or [])


def _entry(name: str, study: Study) -> Entry:
    model = study.problem.model
    drawn = model.circuit
    circuit = (
        f"{counted(drawn.n_qubits, 'qubit')}, {counted(len(drawn), 'instruction')}, {counted(drawn.n_params, 'parameter')}; "
        f"{counted(model.n_outputs, 'observable')}, scale {model.scale:g}"
    )
    figures = {figure: figure_bytes(single(figure, study))[0] for figure in FIGURES}
    about = "Studies that were saved, by the names of their folders"
    return Entry(name, name, "saved studies", about, circuit, study, figures, drawn)


def write_report(folders: list[Path], facts: list[tuple[str, str]]) -> str:
    """The page of the studies in folders, or that of the diagnoses.

    Args:
        folders: of one study each (study.json), or of one diagnosis each (diagnosis.json).
        facts: names and values for the table of settings and versions.

    Raises:
        InvalidArgumentError: Some folders hold studies and others diagnoses, one holds both, or two have one name.
        FileError: A folder holds nothing that can be read.
        CorruptedFileError: What it holds is damaged.
    """
    from ..convergence import Study
    from ..diagnosis import Diagnosis

    diagnosed = [folder for folder in folders if (folder / _DIAGNOSIS).exists()]
    studied = [folder for folder in folders if (folder / _STUDY).exists()]
    for folder in folders:
        if folder not in (*diagnosed, *studied):
            _expect_none_inside(folder)
    if diagnosed and studied:
        raise InvalidArgumentError(
            f"{studied[0]} holds a study and {diagnosed[0]} a diagnosis, which have pages of their own: "
            "give folders of either"
        )
    names = [folder.resolve().name for folder in folders]
    if not diagnosed:
        return render_studies([*zip(names, map(Study.load, folders), strict=True)], facts)
    _expect_different("diagnoses", names)
    found = [Diagnosis.load(folder / _DIAGNOSIS) for folder in folders]
    return render_diagnoses([Diagnosed(*one) for one in zip(names, names, found, strict=True)], facts)


def _expect_none_inside(folder: Path) -> None:
    """Names what a folder of several studies or diagnoses holds, where one of them is expected."""
    inside = sorted(file.parent.name for name in (_STUDY, _DIAGNOSIS) for file in folder.glob(f"*/{name}"))
    if inside:
        raise FileError(
            f"{folder} is no study and no diagnosis, but holds {', '.join(inside)}: give those folders"
        )


def _expect_different(what: str, names: list[str]) -> None:
    if not names or len(set(names)) < len(names):
        raise InvalidArgumentError(
            f"the {what} are called {names}; at least one, with names of their own, are expected"
        )
