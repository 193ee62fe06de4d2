"""Tests against the packages that circuits come from, which have an environment of their own: `make test-slow`."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("qiskit") and find_spec("pennylane") else ["test_*.py"]
