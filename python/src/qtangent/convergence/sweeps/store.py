"""The folder of a sweep: its settings, and one file a finished point, each written atomically."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..._native import build_info
from ..._native.errors import CorruptedFileError, FileError, InvalidArgumentError
from ..._native.strangers import parse_json, read_all, read_npz
from ..files import ensure_folder, to_json, write_atomically
from .point import Arrays, Point, Settings

_FORMAT = 2
_FIELDS = ("n", "p", "m", "scale", "seed")
_BUILT = "built"


class Store:
    """Finished points on disk. The folder is made by `open`; a file that exists is complete."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings

    @classmethod
    def open(cls, folder: Path, settings: Settings) -> Store:
        """Make the folder, or check that it holds a sweep of the same settings.

        Raises:
            InvalidArgumentError: It holds another sweep; the differences are named.
            FileError: It cannot be written.
        """
        ensure_folder(folder / "points")
        wanted = {"format": _FORMAT, "layout": build_info()["layout"], **vars(settings)}
        description = folder / "sweep.json"
        if description.exists():
            found = _read_description(folder)
            differences = [
                f"{key} is {found.get(key)!r} there and {value!r} here"
                for key, value in wanted.items()
                if found.get(key, value if key == "layout" else None) != value
            ]
            if differences:
                raise InvalidArgumentError(
                    f"{folder} holds another sweep: {', '.join(differences)}; choose another path"
                )
        else:
            write_atomically(description, to_json(wanted))
        return cls(folder, settings)

    @classmethod
    def existing(cls, folder: Path) -> Store:
        """The store in a folder that `open` made.

        Raises:
            FileError: There is none.
        """
        found = _read_description(folder)
        try:
            return cls(folder, Settings(found["time"], found["dt"], found["records"]))
        except KeyError as error:
            raise CorruptedFileError(f"{folder / 'sweep.json'} is damaged: it lacks {error}") from None

    def points(self) -> list[Point]:
        """The finished points."""
        return sorted(_point(path) for path in (self.folder / "points").glob("*.npz"))

    def check(self, built: Mapping[Point, Mapping[str, str]]) -> None:
        """Compares digests of what would be built for finished points with what they were computed from.

        Raises:
            InvalidArgumentError: They differ; a point and its different parts are named.
        """
        others = []
        for point, parts in built.items():
            kept: dict[str, str] = json.loads(_load(self._path(point))[_BUILT].item())
            differing = [name for name, digest in parts.items() if kept.get(name) != digest]
            if differing:
                others.append((point, differing))
        if others:
            point, differing = min(others)
            raise InvalidArgumentError(
                f"{self.folder} holds points of another build, {len(others)} of the {len(built)} asked for: at "
                f"{point.name} the build now returns another {' and another '.join(differing)}; choose another path"
            )

    def write(self, point: Point, built: Mapping[str, str], arrays: Arrays) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, **_where(point), **{_BUILT: np.asarray(json.dumps(built))}, **arrays)  # type: ignore[arg-type]
        write_atomically(self._path(point), buffer.getvalue())

    def read(self, point: Point) -> Arrays:
        return {
            name: array for name, array in _load(self._path(point)).items() if name not in (*_FIELDS, _BUILT)
        }

    def _path(self, point: Point) -> Path:
        return self.folder / "points" / f"{point.name}.npz"


def _where(point: Point) -> dict[str, Any]:
    return {name: np.asarray(value) for name, value in vars(point).items()}


def _point(path: Path) -> Point:
    where = _load(path)
    found = [where[name].tolist() for name in _FIELDS]
    point = Point(*found)
    if any(isinstance(value, list) for value in found) or point.name != path.stem:
        raise CorruptedFileError(
            f"{path} holds the point {point.name:.100}; delete it, and the next run computes its own"
        )
    return point


def _load(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            arrays = read_npz(file)
        missing = [name for name in (*_FIELDS, _BUILT) if name not in arrays]
        if missing:
            raise ValueError(f"it lacks {missing[0]}")
        return arrays
    except (OSError, ValueError) as error:
        raise CorruptedFileError(
            f"{path} is damaged ({error}); delete it, and the next run computes the point again"
        ) from error


def _read_description(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = parse_json(read_all(folder / "sweep.json"))
        if not isinstance(found, dict):
            raise ValueError(f"it holds {found!r:.60}")
    except OSError as error:
        raise FileError(f"{folder} holds no sweep: {error.strerror or error}") from error
    except ValueError as error:
        raise CorruptedFileError(f"{folder / 'sweep.json'} is damaged: {error}") from error
    if found.get("format") != _FORMAT:
        raise CorruptedFileError(
            f"{folder} holds a sweep of format {found.get('format')}; this version reads {_FORMAT}; choose another path"
        )
    return found
