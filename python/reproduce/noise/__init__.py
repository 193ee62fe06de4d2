"""Experiments on what noise and finite shots leave of training and of its kernel."""

EXPERIMENTS = ("transition", "plateaus", "kernels", "depth")
