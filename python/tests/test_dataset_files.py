"""Files as users have them: encodings, separators, decimals, headers, index columns, damaged archives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import qtangent as qt
from hypothesis import given, settings
from hypothesis import strategies as st
from qtangent import datasets
from qtangent.datasets import Dataset
from qtangent.datasets.delimited import Options
from qtangent.datasets.files import read

VALUES = np.round(np.random.default_rng(0).normal(size=(12, 2)) + np.array([[0.5], [2.5]] * 6), 3)
LABELS = ["größer", "kleiner"] * 6
ROWS = [(f"{a}", f"{b}", label) for (a, b), label in zip(VALUES, LABELS, strict=True)]


def lines(separator=",", header=("länge", "breite", "art"), rows=ROWS):
    return "\n".join(separator.join(row) for row in [header, *rows]) + "\n"


def table(path: Path, content: bytes | str, name: str = "t.csv", **options: object):
    (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path / name, Options(**options))


def expect(found, note: str = "") -> None:
    np.testing.assert_array_equal(found.features, VALUES)
    assert found.labels.tolist() == LABELS
    assert note in "; ".join(found.notes)


COMMAS = [(a.replace(".", ","), b.replace(".", ","), label) for a, b, label in ROWS]
QUOTED = [(f'"{a}"', f'"{b}"', label) for a, b, label in COMMAS]


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (lines().encode("utf-8-sig"), ""),
        (lines().encode("utf-16"), ""),
        (lines().encode("utf-16-le"), ""),
        (lines().encode("utf-16-be"), ""),
        (lines().encode("utf-32"), ""),
        (lines().encode("latin-1"), "read as latin-1"),
        (lines(";"), ""),
        (lines("\t"), ""),
        (lines("|"), ""),
        (lines(", "), ""),
        (lines(";", rows=COMMAS), ""),
        (lines("\t", rows=COMMAS), ""),
        (lines(rows=QUOTED), ""),
        (lines(";", header=COMMAS[0], rows=COMMAS[1:]), "no header line"),
        ("\n\n" + lines(), ""),
        ("# made by a program\n#\n" + lines(), ""),
        (lines().replace("\n", "\r\n"), ""),
        (lines().replace("\n", "\r"), ""),
        (lines() + ",,\n\n", ""),
        ("\n".join(line + "," for line in lines().splitlines()), ""),
        (
            lines(header=("", "a", "b", "c"), rows=[(str(k), *row) for k, row in enumerate(ROWS)]),
            "counts the rows",
        ),
        (
            lines(header=("Unnamed: 0", "a", "b", "c"), rows=[(str(9 * k), *r) for k, r in enumerate(ROWS)]),
            "counts",
        ),
        (lines(header=ROWS[0], rows=ROWS[1:]), "no header line"),
    ],
)
def test_well_kept_reading(content, note, tmp_path: Path) -> None:
    expect(table(tmp_path, content), note)


def test_named_options(tmp_path: Path) -> None:
    expect(table(tmp_path, lines(" "), separator=" "))
    expect(table(tmp_path, lines().encode("cp437"), encoding="cp437"))
    expect(table(tmp_path, lines(";", rows=COMMAS), decimal=","))
    expect(table(tmp_path, lines("\t"), name="t.tsv"))
    more = lines(header=("name", "länge", "breite", "art"), rows=[("ab cd", *row) for row in ROWS])
    expect(table(tmp_path, more, ignore=("name",)))
    holes = lines(rows=[ROWS[0], ("", *ROWS[1][1:]), (*ROWS[1][:2], "NA"), *ROWS[1:]])
    expect(table(tmp_path, holes, drop_missing=True), "2 of 14 lines dropped")
    first = lines(header=("art", "a", "b"), rows=[(row[2], *row[:2]) for row in ROWS])
    expect(table(tmp_path, first, target="art"))
    bare = lines(header=(LABELS[0], *ROWS[0][:2]), rows=[(row[2], *row[:2]) for row in ROWS[1:]])
    expect(table(tmp_path, bare, target="1"), "no header line")


@pytest.mark.parametrize(
    "header", [("0", "1", "2"), ("1", "2", "3"), ("1", "2", "art"), ("2019", "2020", "art")]
)
def test_headers_of_numbers_are_headers(header, tmp_path: Path) -> None:
    found = table(tmp_path, lines(header=header))
    np.testing.assert_array_equal(found.features, VALUES)


def test_no_row_is_lost_without_a_header(tmp_path: Path) -> None:
    """With numbers as classes too, and with a single feature."""
    rows = [(a, str(k % 2)) for k, (a, _, _) in enumerate(ROWS)]
    found = table(tmp_path, lines(header=rows[0], rows=rows[1:]))
    np.testing.assert_array_equal(found.features[:, 0], VALUES[:, 0])
    assert found.labels.tolist() == ["0", "1"] * 6
    rows = [(a, label) for a, _, label in ROWS]
    assert len(table(tmp_path, lines(header=rows[0], rows=rows[1:])).labels) == 12


def test_truth_values_are_numbers(tmp_path: Path) -> None:
    rows = [(a, ("True", "False")[k % 3 == 0], label) for k, (a, _, label) in enumerate(ROWS)]
    found = table(tmp_path, lines(rows=rows))
    np.testing.assert_array_equal(found.features[:, 1], [float(k % 3 != 0) for k in range(12)])


def bad(tmp_path: Path, content: bytes | str, match: str, name: str = "t.csv", **options: object) -> None:
    with pytest.raises(qt.InvalidArgumentError, match=match) as caught:
        table(tmp_path, content, name, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b,c\n", "no rows below its header"),
        (b"\x00\x01\x02\xff" * 50, "not a text file"),
        (b"PK\x03\x04\x00\x00\xff\xfe", "not a text file"),
        ("a,b,c\n1,2," + "x" * 140_000, "larger than field limit.*quotation mark"),
        ("a,b,y\n1,2,x\n1_000,2,z\n", "line 3, column 'a' is '1_000', not a number"),
        ("a,b,y\n1,red,x\n1,blue,z\n", r"column 'b' is 'red', not a number.*leave them out \(ignore\)"),
        ("a,b,y\n1,f,x\n1,m,z\n", r"column 'b' is 'f', not a number.*leave them out \(ignore\)"),
        ("id,b,y\nP1,1,x\nP2,1,z\n", r"column 'id' is 'P1', not a number.*leave them out \(ignore\)"),
        ("a,b,y\n1,2,x\n1,3,\n", r"line 3, column 'y' names no class.*\(drop_missing\)"),
        ("a,b,y\n1,True,x\n1,blue,z\n", "line 2, column 'b' is 'True', not a number"),
        ("a;b;y\n1,234;2;x\n2,345;3;z\n", "give decimal ','"),
        ("a;b;y\n1.234,5;2;x\n2.345,6;3;z\n", "is '1.234,5', not a number"),
        ("a,b,y\n1,inf,x\n1,2,z\n", "is 'inf', not a number"),
        ("a,b,y\n1,NA,x\n1,2,z\n", "drop_missing"),
    ],
)
def test_one_clear_line(content, match, tmp_path: Path) -> None:
    bad(tmp_path, content, match)


def test_doubtful_columns_and_options(tmp_path: Path) -> None:
    bad(tmp_path, "y,b,y\n1,2,0\n2,3,1\n", "2 columns 'y': rename", target="y")
    bad(tmp_path, lines().encode("latin-1"), "is not utf-8", encoding="utf-8")
    bad(tmp_path, lines(), "no encoding 'klingon'", encoding="klingon")
    bad(tmp_path, lines(), "give one character", separator="::")
    bad(tmp_path, lines(), "give . or ,", decimal=";")
    bad(tmp_path, lines(), "no column 'x'; its columns are länge, breite, art", ignore=("x",))
    bad(tmp_path, lines(), "no columns left", ignore=("länge", "breite", "art"))


def archive(tmp_path: Path, **arrays: object) -> Path:
    np.savez(tmp_path / "a.npz", **arrays)
    return tmp_path / "a.npz"


def test_archives(tmp_path: Path) -> None:
    X, y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])
    for change, match in [
        ({"X": X + 1j}, "X is complex"),
        ({"X": X.astype(str)}, "X is of dtype <U"),
        ({"X": X[:, :0]}, r"X has shape \(4, 0\)"),
        ({"y": y + 1j}, "y has dtype complex128"),
        ({"y": np.array(["2020-01-01", "NaT"] * 2, dtype="M8[D]")}, "is not finite"),
        ({"X": np.full((4, 2), np.finfo(np.longdouble).max)}, "row 0 of X, column 0"),
    ]:
        with pytest.raises(qt.InvalidArgumentError, match=match):
            datasets.from_file(archive(tmp_path, **{"X": X, "y": y, **change}))
    with pytest.raises(qt.InvalidArgumentError, match="are for CSV files"):
        datasets.from_file(archive(tmp_path, X=X, y=y), separator=";")
    np.save(tmp_path / "one.npy", X)
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    with pytest.raises(qt.InvalidArgumentError, match="is an NPY file of one array"):
        datasets.from_file(tmp_path / "one.npz")
    whole = archive(tmp_path, X=X, y=y).read_bytes()
    for damaged in (whole[:200], whole[:60] + b"\xff" * 40 + whole[100:], b"PK\x05\x06" + bytes(18)):
        (tmp_path / "damaged.npz").write_bytes(damaged)
        with pytest.raises(qt.InvalidArgumentError, match=r"damaged\.npz"):
            datasets.from_file(tmp_path / "damaged.npz")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(alphabet='ab,;\t"\n\r#1.5e-é\x00', max_size=200).map(str.encode)
    )
)
def test_whatever_a_file_holds_the_answer_is_data_or_one_line(tmp_path_factory, content: bytes) -> None:
    for name in ("any.csv", "any.npz"):
        path = tmp_path_factory.mktemp("any") / name
        path.write_bytes(content)
        message = ""
        try:
            found: Dataset | None = datasets.from_file(path, n_qubits=2, train=2)
        except qt.InvalidArgumentError as error:
            found, message = None, str(error)
        if found is None:
            assert name in message or "training samples" in message
        else:
            assert found.X is not None
            assert np.isfinite(found.X).all()
