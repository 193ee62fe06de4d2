"""
When are there enough parameters?
=================================

The same problem with more and more layers: from some number of parameters on training goes through to zero, whatever
the start.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

n, starts = 3, 32
states = qt.encoding.haar_states(n, 4, seed=1)
y = np.array([1.0, -1.0, 1.0, -1.0])
layers = [1, 2, 3, 4, 6, 8, 12, 16]
final = []
for depth in layers:
    model = qt.Model(qt.ansatz.hardware_efficient(n, layers=depth), qt.pauli("ZII"), scale=1.5)
    theta = np.random.default_rng(0).uniform(0, 2 * np.pi, (starts, model.n_params))
    run = qt.train(model, y, states=states, theta=theta, optimizer=qt.Adam(0.05), steps=600, record_every=600)
    final.append(np.maximum(run.loss[:, -1], 1e-16))

parameters = [2 * n * depth for depth in layers]
figure, panel = plt.subplots(figsize=(6, 3.4), layout="constrained")
panel.loglog(np.repeat(parameters, starts), np.ravel(final), ".", alpha=0.3)
panel.loglog(parameters, np.median(final, axis=1), "o-", label="median of 32 starts")
panel.set(title="Loss after 600 steps of Adam", xlabel="parameters", ylabel="loss")
panel.legend()
plt.show()
