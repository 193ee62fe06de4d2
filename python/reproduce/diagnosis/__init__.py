"""Experiments on what decides whether a circuit trains at all."""

EXPERIMENTS = ("plateaus", "cost_locality", "over_parameterisation", "lie_variance")
