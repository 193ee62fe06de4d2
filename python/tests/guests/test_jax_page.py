"""The example of docs/jax.md."""

from __future__ import annotations

import re
from pathlib import Path

import jax
import pytest

PAGE = (Path(__file__).parents[3] / "docs/jax.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _restored():
    before = jax.config.jax_enable_x64
    yield
    jax.config.update("jax_enable_x64", before)


def test_the_example_learns_wines():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert sum(map(bool, code.splitlines())) <= 25
    names: dict = {}
    exec(code, names)
    assert names["accuracy"] > 0.9
