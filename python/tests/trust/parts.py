"""A part of `make trust`: rounds by number, counts in a file that a later call goes on with."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "build/trust"
MOST_SECONDS = 45 * 60


@dataclass(frozen=True)
class Part:
    """One promise."""

    name: str
    promise: str
    short: int
    """Rounds that run with the other tests."""
    long: int
    round: Callable[[int], dict[str, float]]
    """Tries the promise in a way that its number settles, raises where it is broken, and returns what it counted; what
    is called "longest ..." is not added up."""
    whole: Callable[[dict[str, float]], None] = lambda counts: None
    """Raises where the counts of all rounds break the promise."""


def joined(counts: dict[str, float], more: dict[str, float]) -> dict[str, float]:
    """The counts of some rounds and of one more."""
    result = dict(counts)
    for name, value in more.items():
        before = result.get(name, 0)
        result[name] = max(before, value) if name.startswith("longest") else before + value
    return result


def commit() -> str:
    """What is tried; "+" where files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain") else "")


def begun(part: Part, path: Path, now: str) -> dict:
    """What the file holds, if it is of this commit; else a new beginning."""
    if path.exists():
        there = json.loads(path.read_text())
        if (there["commit"], there["of"]) == (now, part.long) and not now.endswith("+"):
            return there
    return {
        "part": part.name, "promise": part.promise, "commit": now, "of": part.long, "rounds": 0, "seconds": 0.0,
        "counts": {},
    }  # fmt: skip


def run(part: Part, folder: Path = FOLDER, seconds: float = MOST_SECONDS) -> dict:
    """The rounds that are missing, as far as the time allows; the file is written after each.

    Raises:
        AssertionError: A promise was broken, with the number of the round; the file then says "broken".
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{part.name}.json"
    record = begun(part, path, commit())
    until = time.monotonic() + seconds
    while record["rounds"] < part.long and time.monotonic() < until:
        began = time.monotonic()
        try:
            more = part.round(record["rounds"])
        except BaseException as error:
            if isinstance(error, Exception):
                write(path, {**record, "broken": f"round {record['rounds']}: {error}"})
                raise AssertionError(f"{part.name}, round {record['rounds']}: {error}") from error
            raise
        record.pop("broken", None)
        record["rounds"] += 1
        record["seconds"] = round(record["seconds"] + time.monotonic() - began, 3)
        record["counts"] = joined(record["counts"], more)
        record["date"] = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
        write(path, record)
    if record["rounds"] == part.long:
        try:
            part.whole(record["counts"])
        except AssertionError as error:
            write(path, {**record, "broken": str(error)})
            raise AssertionError(f"{part.name}: {error}") from error
    return record


def write(path: Path, record: dict) -> None:
    """The old file or the new one, never half of one."""
    beside = path.with_suffix(".tmp")
    beside.write_text(json.dumps(record, indent=2) + "\n")
    os.replace(beside, path)
