"""The experiments on the convergence of quantum neural networks: one folder a claim.

Each folder has run.py (compute, verdicts, figure), an executed notebook, meta.yaml and the figure.
"""
