"""Experiments on the tangent kernel of infinitely wide recurrent networks."""

EXPERIMENTS = ("real_data", "synthetic")
