"""
Many starts in one call
=======================

Sixteen networks learn the same function, each from its own start, in the lanes of one training.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

X = np.linspace(-np.pi, np.pi, 50)[:, None]
y = 0.5 * np.sign(X[:, 0]) * np.abs(np.sin(X[:, 0])) ** 0.5
circuit = qt.Circuit(1)
for layer in range(5):
    circuit.rz(qt.feature(0), 0)
    circuit.ry(qt.param(2 * layer), 0).rz(qt.param(2 * layer + 1), 0)
model = qt.Model(circuit, qt.pauli("Z"))
starts = np.random.default_rng(0).uniform(0, 2 * np.pi, (16, model.n_params))
runs = qt.train(model, y, X=X, theta=starts, optimizer=qt.LBFGS(), steps=200)

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
left.semilogy(runs.step, runs.loss.T, color="tab:blue", alpha=0.4)
left.set(title="Losses", xlabel="step", ylabel="loss")
right.plot(X[:, 0], y, "k--", label="target")
right.plot(X[:, 0], runs.predict(X)[runs.loss[:, -1].argmin()], label="best of sixteen")
right.set(title="The function", xlabel="x")
right.legend()
plt.show()
