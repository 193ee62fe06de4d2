"""Experiments on circuit trojans, in simulation, for defence and research."""

EXPERIMENTS = ("attacks", "detection")
