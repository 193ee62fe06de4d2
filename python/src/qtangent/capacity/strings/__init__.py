"""Lie algebras in terms of Pauli strings: those that single strings generate, and the strings that sums are made of."""
