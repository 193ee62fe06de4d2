"""The examples of docs/bridges.md run, and give what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs/bridges.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("code", EXAMPLES[:2], ids=["qiskit", "pennylane"])
def test_an_example_gives_the_shape_it_says(code):
    names: dict = {}
    exec(code, names)
    (shape,) = re.findall(r"# (\(.*\))$", code, re.MULTILINE)
    assert names["jacobian"].shape == eval(shape)


def test_the_example_of_the_device_learns():
    names: dict = {}
    exec(EXAMPLES[2], names)
    assert names["loss"] < 0.8 * names["np"].mean(names["y"] ** 2)


def test_the_example_of_the_estimator_learns():
    names: dict = {}
    exec(EXAMPLES[3], names)
    assert names["score"] > 0.8


def test_examples_are_short():
    assert max(code.count("\n") for code in EXAMPLES) <= 25


def test_the_page_counts_the_files():
    files = list((Path(__file__).parents[1] / "programs").glob("*.qasm"))
    assert f"reads {len(files)} files" in PAGE
