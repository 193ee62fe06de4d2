"""The counts of the last `make trust` into docs/reliability.md; nothing stands there that no run has counted."""

from __future__ import annotations

import json
from pathlib import Path

from .parts import FOLDER, ROOT

PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- counts: written by make trust-table -->\n", "<!-- end of counts -->\n"


def cell(name: str, value: float) -> str:
    """A count in words, "longest wait" in seconds."""
    return f"{name} {value:.3f} s" if name.startswith("longest") else f"{value:,.0f} {name}"


def table(records: list[dict]) -> str:
    """A row for each part that has run."""
    rows = ["| promise | rounds | counted | commit, date |", "|---|---|---|---|"]
    for record in records:
        if "broken" in record:
            raise ValueError(f"{record['part']} was broken: {record['broken']}")
        counts = ", ".join(cell(name, value) for name, value in record["counts"].items())
        rounds = f"{record['rounds']:,} of {record['of']:,}"
        rows.append(f"| {record['promise']} | {rounds} | {counts} | {record['commit']}, {record['date']} |")
    return "\n".join(rows) + "\n"


def replaced(page: str, rows: str) -> str:
    """The page with these rows between the marks."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + "\n" + rows + "\n" + END + rest.split(END)[1]


def main(folder: Path = FOLDER) -> None:
    """Writes the page."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    records = [record for record in records if record["rounds"]]
    if not records:
        raise SystemExit(f"{folder} has no counts: make trust writes them")
    PAGE.write_text(replaced(PAGE.read_text(), table(records)))


if __name__ == "__main__":
    main()
