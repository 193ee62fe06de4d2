"""Experiments on the phases of training, and on averages over parameters."""

EXPERIMENTS = ("one_sample", "two_samples", "haar_moments", "averages")
