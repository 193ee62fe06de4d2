"""
Frozen, real, limit
===================

Three curves of one training: what descent did, what its tangent kernel promised, and what infinitely many parameters
would do.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

states = qt.encoding.haar_states(3, 4, seed=0)
y = np.array([1.0, 1.0, -1.0, -1.0])
circuit = qt.ansatz.haar(3, 256, seed=0)

figure, panels = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True, layout="constrained")
for panel, scale in zip(panels, (1.0, 2.0), strict=True):
    study = qt.convergence.study(qt.Model(circuit, qt.pauli("ZII"), scale=scale), y, states=states, time=30)
    for name, curve in {
        "training": study.actual,
        "frozen kernel": study.kernel_regression,
        "limit": study.asymptotic,
    }.items():
        panel.loglog(curve.time[1:], curve.loss[1:], label=name)
    panel.set(title=f"scale {scale:g}", xlabel="normalised time", ylim=(1e-9, 1))
    print(f"scale {scale:g}: {study.verdict}")
panels[0].set_ylabel("loss")
panels[0].legend()
plt.show()

# %%
# At scale 1 the labels lie at the very ends of what can be measured. As predictions near them the kernel dies, and
# the loss falls like 1/t². With room to spare
# training is exponential, and a little slower than the frozen kernel said.
