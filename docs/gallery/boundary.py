"""
A boundary between classes
==========================

Two half moons, the features uploaded three times, and what the network thinks of every point of the plane.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt
from sklearn.datasets import make_moons

X, labels = make_moons(120, noise=0.15, random_state=0)
y = 2.0 * labels - 1

encoding, trained = qt.encoding.angle(2), qt.ansatz.hardware_efficient(2, layers=2)
circuit = encoding + trained + encoding + trained + encoding + trained
run = qt.train(qt.Model(circuit, qt.pauli("ZI")), y, X=X, optimizer=qt.Adam(0.05), steps=400, seed=2)

x1, x2 = np.meshgrid(np.linspace(-1.6, 2.6, 90), np.linspace(-1.1, 1.6, 90))
prediction = run.predict(np.column_stack([x1.ravel(), x2.ravel()])).reshape(x1.shape)

figure, panel = plt.subplots(figsize=(6, 4), layout="constrained")
filled = panel.contourf(x1, x2, prediction, levels=np.linspace(-1, 1, 21), cmap="RdBu", alpha=0.7)
panel.contour(x1, x2, prediction, levels=[0], colors="black", linewidths=1)
panel.scatter(*X.T, c=y, cmap="RdBu", edgecolors="black", s=25)
panel.set(
    title=f"{np.mean(np.sign(run.predict(X)) == y):.0%} on the right side", xlabel="$x_1$", ylabel="$x_2$"
)
figure.colorbar(filled, ax=panel, label="prediction", ticks=[-1, 0, 1])
plt.show()
