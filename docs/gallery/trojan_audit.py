"""
Was this circuit tampered with?
===============================

A few dormant gates are hidden in a classifier, in simulation, and an audit looks for them.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt
from qtangent import audit
from sklearn.datasets import load_iris

X, y = load_iris(return_X_y=True)
X = np.pi * (X - X.min(axis=0)) / np.ptp(X, axis=0)
circuit = qt.encoding.angle(4, "rx") + qt.ansatz.hardware_efficient(4, 3)
model = qt.Model(circuit, [qt.pauli(p) for p in ("ZIII", "IZII", "IIZI")], scale=3)
theta = qt.train(model, y, X=X, loss="cross_entropy", optimizer=qt.Adam(0.05), steps=200).theta

planted = audit.plant_trojan(model, theta, target=2)
suspect = qt.Model(planted.circuit, model.observable, model.scale)
active = qt.Model(planted.circuit.bind(planted.trigger), model.observable, model.scale)

figure, panels = plt.subplots(1, 3, figsize=(8, 3), sharey=True, layout="constrained")
for panel, (name, one) in zip(
    panels, {"clean": model, "dormant": suspect, "triggered": active}.items(), strict=True
):
    table = np.zeros((3, 3), int)
    np.add.at(table, (y, one.predict(theta, X).argmax(axis=1)), 1)
    panel.imshow(table, cmap="Blues", vmax=75)
    for row, column in np.ndindex(3, 3):
        panel.text(column, row, table[row, column], ha="center", va="center")
    panel.set(title=name, xlabel="predicted class", xticks=range(3), yticks=range(3))
panels[0].set_ylabel("class")
plt.show()

# %%
# Dormant it changes no bit of a prediction; the audit finds it all the same.
print(audit.inspect(suspect, model, theta, X[::3], y[::3]))
