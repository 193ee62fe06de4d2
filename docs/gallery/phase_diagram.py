"""
Phases of training
==================

Scale and label decide, before any training, what becomes of one sample in the limit: the kernel freezes, the error
freezes, or neither does.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

warnings.simplefilter("ignore", qt.QTangentWarning)  # of labels out of reach, which are the point here
KINDS = ("frozen kernel", "critical", "frozen error")
state = qt.encoding.haar_states(2, 1, seed=0)
scales, labels = np.linspace(0.25, 2, 15), np.linspace(-2, 2, 33)
kinds = np.array([
    [KINDS.index(qt.convergence.phase(scale * np.array([1, 1, -1, -1]), [label], state).kind) for label in labels]
    for scale in scales
])  # fmt: skip

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
left.pcolormesh(labels, scales, kinds, cmap="viridis", vmin=0, vmax=2)
left.set(title="Phase by label and scale", xlabel="label", ylabel="scale of the observable")
for kind, colour in zip(KINDS, plt.get_cmap("viridis")([0.0, 0.5, 1.0]), strict=True):
    left.plot([], [], "s", color=colour, label=kind)
left.legend(loc="lower center", fontsize=8)

circuit = qt.ansatz.haar(2, 128, seed=0)
for label in (0.5, 1.0, 1.5):
    study = qt.convergence.study(qt.Model(circuit, qt.pauli("ZI")), [label], states=state, time=30)
    right.loglog(study.actual.time[1:], study.actual.loss[1:], label=f"label {label}")
right.set(title="Trainings at scale 1", xlabel="normalised time", ylabel="loss", ylim=(1e-10, 3))
right.legend()
plt.show()
