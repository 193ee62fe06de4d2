"""The first rounds of every part, and how parts go on."""

from __future__ import annotations

import json

import pytest

from . import parts, table
from .registry import PARTS


@pytest.mark.parametrize(
    ("part", "number"),
    [pytest.param(part, k, id=f"{part.name}-{k}") for part in PARTS for k in range(part.short)],
)
def test_promise(part, number):
    part.round(number)


def test_a_part_goes_on_where_it_was_and_tells_what_broke(tmp_path, monkeypatch):
    now = ["abc"]
    monkeypatch.setattr(parts, "commit", lambda: now[0])
    seen, broken = [], [3]

    def tried(number):
        if number in broken:
            raise ValueError("lost")
        seen.append(number)
        return {"kills": 2, "longest wait": number % 3}

    part = parts.Part("some", "it holds", 1, 5, tried)
    with pytest.raises(AssertionError, match="some, round 3: lost"):
        parts.run(part, tmp_path)
    there = json.loads((tmp_path / "some.json").read_text())
    assert (there["rounds"], there["broken"]) == (3, "round 3: lost")
    broken.clear()
    record = parts.run(part, tmp_path)
    assert seen == [0, 1, 2, 3, 4]
    assert record["counts"] == {"kills": 10, "longest wait": 2}
    assert json.loads((tmp_path / "some.json").read_text()) == record
    assert "broken" not in record
    now[0] = "def"
    assert parts.run(part, tmp_path, seconds=0)["rounds"] == 0


def test_the_table_tells_what_was_counted():
    record = {
        "part": "some", "promise": "it holds", "rounds": 5, "of": 1000, "commit": "abc", "date": "2026-01-02",
        "counts": {"kills": 12000, "longest wait": 0.25},
    }  # fmt: skip
    page = f"before\n{table.BEGIN}| yesterday |\n{table.END}after\n"
    row = "| it holds | 5 of 1,000 | 12,000 kills, longest wait 0.250 s | abc, 2026-01-02 |\n"
    found = table.replaced(page, table.table([record]))
    assert row in found
    assert "yesterday" not in found
    assert table.replaced(found, table.table([record])) == found
    with pytest.raises(ValueError, match="some was broken: round 3"):
        table.table([{**record, "broken": "round 3"}])
    assert table.PAGE.read_text().count(table.BEGIN) == 1
