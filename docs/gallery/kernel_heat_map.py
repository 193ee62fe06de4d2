"""
The kernel before and after
===========================

The tangent kernel of a training set, ordered by class: at the start, and where training ended.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

warnings.simplefilter("ignore", qt.QTangentWarning)  # of wines that look alike
data = qt.datasets.wine(n_qubits=4, train=32)
circuit = data.encoding + qt.ansatz.hardware_efficient(4, layers=8)
model = qt.Model(circuit, qt.pauli("ZIII"), scale=2)
run = qt.train(
    model, data.y, X=data.X, optimizer=qt.Adam(0.02), steps=300, record=("loss", "kernel"), record_every=300
)
order = np.argsort(-data.y, kind="stable")

figure, panels = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
for panel, kernel, name in zip(panels, run.kernel[[0, -1]], ("start", "end"), strict=True):
    image = panel.imshow(kernel[np.ix_(order, order)] / model.z_sum, cmap="magma", vmin=0)
    panel.set(title=f"K / Z at the {name}", xlabel="sample", ylabel="sample")
    figure.colorbar(image, ax=panel, shrink=0.8)
plt.show()

change = np.linalg.norm(run.kernel[-1] - run.kernel[0]) / np.linalg.norm(run.kernel[0])
print(f"the kernel moved by {change:.0%}")
