"""The example of docs/torch.md, and what `help` says of the layer."""

from __future__ import annotations

import re
from pathlib import Path

import qtangent as qt
import torch
from docstring_faults import faults
from public_names import members

PAGE = (Path(__file__).parents[3] / "docs/torch.md").read_text(encoding="utf-8")


def test_the_example_learns_digits():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(code.splitlines()) <= 25
    names: dict = {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more wait for each other, on busy processors for most of the time
    exec(code, names)
    torch.set_num_threads(threads)
    assert names["accuracy"] > 0.8


def test_help_is_enough():
    assert faults(qt.torch.Layer) == []
    found = {name: faults(value) for name, value in members(qt.torch.Layer)}
    assert found.keys() >= {"forward", "model"}
    assert not any(found.values()), found
