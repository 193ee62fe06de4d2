"""Experiments on students that learn a teacher of a two-layer net."""

EXPERIMENTS = ("regimes", "rates")
