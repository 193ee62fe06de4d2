"""One module a family of peers. Each has PACKAGES, whose versions are reported, and
build(name, problem) -> call(theta) -> flat result; see tasks.py."""

from __future__ import annotations

# Peer -> (module, environment). "one thread" keeps BLAS or XLA on one core, which wins for small states.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
PEERS: dict[str, tuple[str, dict[str, str]]] = {
    "QTangent": ("qtangent_peer", {}),
    "NumPy adjoint": ("numpy_peer", {}),
    "NumPy adjoint, one thread": ("numpy_peer", ONE_THREAD),
    "JAX adjoint": ("jax_peer", {}),
    "JAX adjoint, one thread": ("jax_peer", ONE_THREAD),
    "JAX adjoint, stored states": ("jax_peer", {}),
    "JAX adjoint, Kronecker": ("jax_peer", {}),
    "JAX autodiff": ("jax_peer", {}),
    "PennyLane lightning": ("pennylane_peer", {}),
    "PennyLane lightning, tapes": ("pennylane_peer", {}),
    "Qulacs": ("qulacs_peer", {}),
    "Qulacs, optimised": ("qulacs_peer", {}),
    "Qulacs, causal cone": ("qulacs_peer", {}),
    "Qiskit Aer": ("qiskit_peer", {}),
    "TensorCircuit": ("tensorcircuit_peer", {}),
    "TensorCircuit, scan": ("tensorcircuit_peer", {}),
    "TensorCircuit, light cone": ("tensorcircuit_peer", {}),
    "TensorCircuit DMCircuit": ("tensorcircuit_density", {}),
    "TensorCircuit DMCircuit, scan": ("tensorcircuit_density", {}),
    "PennyLane default.mixed": ("pennylane_density", {}),
}
