"""
Kernels of sixty qubits, without simulation
===========================================

The mean of the tangent kernel over all parameters, from Pauli strings alone: what a local and a global observable
leave for training to move.
"""

import matplotlib.pyplot as plt
import qtangent as qt

figure, panel = plt.subplots(figsize=(6, 3.4), layout="constrained")
for name, letters, qubits in (
    ("Z on one qubit", lambda n: "Z" + "I" * (n - 1), [2, 4, 8, 16, 32, 60]),
    ("Z on all qubits", lambda n: "Z" * n, [2, 3, 4, 5, 6, 7, 8]),
):
    means = []
    for n in qubits:
        model = qt.Model(qt.ansatz.hardware_efficient(n, layers=2), qt.pauli(letters(n)))
        means.append(qt.capacity.average_kernel(model).kernel[0, 0])
    panel.semilogy(qubits, means, "o-", label=name)
panel.set(title="Mean of the squared gradient", xlabel="qubits", ylabel="E K", ylim=(1e-3, 2))
panel.legend()
plt.show()
