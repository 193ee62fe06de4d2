"""
Stopping early, and watching
============================

Callbacks see every step. One of ours stops when the loss no longer falls; one of your own keeps what it likes.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

warnings.simplefilter("ignore", qt.QTangentWarning)  # of noise, which no circuit follows
random = np.random.default_rng(0)
X = random.uniform(-1, 1, (60, 3))
y = np.sin(2 * X[:, 0]) * X[:, 1] + 0.2 * random.standard_normal(60)
X, X_test, y, y_test = X[:40], X[40:], y[:40], y[40:]
model = qt.Model(
    qt.encoding.angle(3) + qt.ansatz.strongly_entangling(3, layers=4), qt.pauli("ZII"), scale=1.5
)

held_out = []


def watch(step, loss, theta):
    held_out.append(model.loss(theta, y_test, X=X_test))


run = qt.train(
    model, y, X=X, seed=1, steps=2000, optimizer=qt.Adam(qt.CosineDecay(0.1, steps=2000, warmup=20)),
    callback=[watch, qt.callbacks.EarlyStopping(100, min_delta=1e-4), qt.callbacks.TimeLimit(20)],
)  # fmt: skip

figure, panel = plt.subplots(figsize=(6, 3.2), layout="constrained")
panel.semilogy(run.step, run.loss, label="training")
panel.semilogy(held_out, label="held out")
panel.set(title=f"stopped after {run.step[-1]} of 2000 steps", xlabel="step", ylabel="loss")
panel.legend()
plt.show()
