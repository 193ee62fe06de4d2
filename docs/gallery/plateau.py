"""
A plateau, and why
==================

With fewer parameters than labels the kernel is singular: one combination of residuals cannot move, and the loss
levels off.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

states = qt.encoding.haar_states(3, 8, seed=0)
y = np.tile([1.0, -1.0], 4)
figure, panel = plt.subplots(figsize=(6, 3.4), layout="constrained")
for layers in (1, 2, 8):
    model = qt.Model(qt.ansatz.hardware_efficient(3, layers=layers), qt.pauli("ZII"), scale=2)
    study = qt.convergence.study(model, y, states=states, time=40)
    panel.loglog(study.actual.time[1:], study.actual.loss[1:], label=f"{model.n_params} parameters")
    print(f"{model.n_params} parameters: {study.verdict}")
panel.set(title="Eight orthogonal states", xlabel="normalised time", ylabel="loss", ylim=(1e-10, 10))
panel.legend()
plt.show()
