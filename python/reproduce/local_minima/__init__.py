"""Experiments on the local minima of quantum neural networks."""

EXPERIMENTS = ("success_rates", "unstructured_data")
