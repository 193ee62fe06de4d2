"""Programs and tables of strangers, put together and cut up by Hypothesis: they are read, or refused by an error of ours."""

from __future__ import annotations

import functools
import io
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import qtangent as qt
from hypothesis import strategies as st
from qasm_programs import random_program
from qtangent.datasets.delimited import Options
from qtangent.datasets.files import read
from test_qasm_broken import NUMBERS, STATEMENTS, TOKENS

from . import programs
from .parts import Part

EXAMPLES = 100

TABLE = "a,b,kind\n" + "".join(f"{0.5 * k},{-k},{'no' if k % 2 else 'yes'}\n" for k in range(8))
PIECES = [
    "", ",", ";", "\t", "\n", "\r\n", '"', "'", "nan", "inf", "-", "1e999", "0x10", "é", "\ufeff", "\0", "#", "=1+1", "1,5",
    "9" * 400, ",,,", "\n\n", "yes", "  ", "<script>",
]  # fmt: skip


def cut(data: Any, whole: Any, pieces: list[Any]) -> Any:
    """Some spans replaced by pieces, or by what stood there twice."""
    places = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(data.draw(st.integers(1, 3))):
        start = places.randint(0, len(whole))
        end = min(len(whole), start + data.draw(st.sampled_from([0, 0, 1, 3, 10, 100])))
        whole = whole[:start] + data.draw(st.sampled_from([*pieces, whole[start:end] * 2])) + whole[end:]
    return whole


def refused(what: Callable[[], Any]) -> bool:
    """Any other error is a defect."""
    try:
        what()
    except qt.QTangentError as error:
        reason = str(error)
    else:
        return False
    assert reason
    return True


def table_of(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read(path, Options())


def cut_program(data: Any) -> bool:
    head, _, body = random_program(data.draw(st.integers(0, 10**6))).text.partition(";\n")
    text = head + ";\n" + cut(data, body, [*TOKENS, *STATEMENTS, *NUMBERS, ""]) + "\n"
    return refused(lambda: qt.Circuit.from_qasm(text))


def exchanged_program(data: Any) -> bool:
    """Read as what it means, or refused where it means nothing."""
    places = random.Random(data.draw(st.integers(0, 2**32)))
    flat = programs.plain(places)
    for _ in range(data.draw(st.integers(0, 3))):
        flat = programs.exchanged(flat, places)
    try:
        expected = flat.matrix()
    except programs.Wrong:
        assert refused(lambda: qt.Circuit.from_qasm(flat.text)), f"was read:\n{flat.text}"
        return True
    circuit = qt.Circuit.from_qasm(flat.text)
    found = circuit.matrix([])
    overlap = np.vdot(found, expected)
    error = np.abs(found * (overlap / abs(overlap)) - expected).max()
    assert error < 1e-9, f"differs by {error}:\n{flat.text}"
    return False


def program(data: Any) -> bool:
    """Most with things exchanged, some cut up, of which hardly any is left whole."""
    return (exchanged_program if data.draw(st.integers(0, 3)) else cut_program)(data)


def delimited(data: Any) -> bool:
    content = cut(data, TABLE, PIECES).encode()
    return refused(lambda: table_of("table.csv", content))


@functools.cache
def archive() -> bytes:
    file = io.BytesIO()
    np.savez(file, X=np.arange(12.0).reshape(6, 2), y=np.array(["no", "yes"] * 3))
    return file.getvalue()


def archived(data: Any) -> bool:
    content = cut(
        data, archive(), [b"", b"\0", b"\xff", b"PK\3\4", b"O", b"'|O'", b"(99999999999, 2)", bytes(100)]
    )
    return refused(lambda: table_of("table.npz", content))


def tried(make: Callable[[Any], bool], number: int) -> dict[str, float]:
    """Examples that the number settles."""
    counts = {"inputs": 0, "refused": 0}

    @hypothesis.seed(number)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(st.data())
    def examples(data: Any) -> None:
        counts["inputs"] += 1
        counts["refused"] += make(data)

    examples()
    return dict(counts)


PARTS = [
    Part(
        f"text-{name}",
        f"{what} of strangers are read, or refused with a reason",
        1,
        200,
        functools.partial(tried, make),
    )
    for name, what, make in (
        ("qasm", "programs in OpenQASM", program),
        ("csv", "tables in CSV", delimited),
        ("npz", "archives in NPZ", archived),
    )
]
