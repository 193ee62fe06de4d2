"""
A landscape with all its minima
===============================

Every minimum of a small classifier's loss, certified, on a slice through two of its parameters.
"""

import matplotlib.pyplot as plt
import qtangent as qt
from qtangent import landscape

irises = qt.datasets.iris(n_qubits=2, train=32)
first = qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 1).cx(0, 1)
last = qt.Circuit(2).ry(qt.param(2), 0).ry(qt.param(3), 1).cx(1, 0)
circuit = irises.encoding + first.then(irises.encoding).then(last)
model = qt.Model(circuit, qt.pauli("ZI"))

found = landscape.find_minima(model, irises.y, irises.X)
print(found)
for loss, spurious in zip(found.loss, found.spurious, strict=True):
    print(f"loss {loss:.4f}{', spurious' if spurious else ''}")
plane = landscape.slice(model, irises.y, irises.X, parameters=[0, 2], centre=found.theta[0])
points, which = plane.minima(found)

figure, panel = plt.subplots(figsize=(6, 4.4), layout="constrained")
filled = panel.contourf(*plane.axes, plane.loss.T, levels=30, cmap="viridis")
panel.scatter(*points.T, c="white", edgecolors="black", zorder=2)
panel.set(title=f"Through a minimum of loss {found.loss[which[0]]:.3f}", xlabel="theta 0", ylabel="theta 2")
figure.colorbar(filled, ax=panel, label="loss")
plt.show()
