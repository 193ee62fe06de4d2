"""What the native library takes at most."""

MOST_QUBITS = 128
"""Of a circuit, and of an observable: the core's masks of qubits have as many bits."""
