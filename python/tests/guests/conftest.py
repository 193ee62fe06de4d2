"""Tests against the packages that circuits come from and that models go to, which have an environment of their own:
`make test-slow`."""

from importlib.util import find_spec
from pathlib import Path

# What a file needs, by its name; the others convert circuits.
NEEDS = {"test_torch": ["torch"], "test_jax": ["jax"]}
CONVERTERS = ["qiskit", "pennylane"]

collect_ignore = [
    path.name
    for path in Path(__file__).parent.glob("test_*.py")
    if not all(
        map(
            find_spec,
            next((names for stem, names in NEEDS.items() if path.name.startswith(stem)), CONVERTERS),
        )
    )
]
