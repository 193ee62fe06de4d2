"""
Leaving the kernel, or not
==========================

A classical net learns a teacher of three neurons: near the teacher it turns its neurons, which its frozen kernel
cannot; made lazy, it stays with the kernel.
"""

import matplotlib.pyplot as plt
import numpy as np
from qtangent import classical

teacher = np.array([[1.0, 0.2, 0.0], [-0.5, 1.1, 0.3], [0.7, 0.8, -1.0]])
net = classical.TwoLayerNetwork(teacher)
studies = {
    "near the teacher": classical.study(net, net.near_teacher(9, angle=0.3), time=200.0),
    "lazy": classical.study(net, net.small(100, mass=4.0), time=20.0, alpha=300.0),
}

figure, panels = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
for panel, (name, study) in zip(panels, studies.items(), strict=True):
    panel.loglog(study.actual.time[1:], study.actual.loss[1:], label="training")
    panel.loglog(study.actual.time[1:], study.kernel_regression.loss[1:], "--", label="frozen kernel")
    panel.set(
        title=f"{name}: the kernel moved by {study.kernel_change[-1]:.0%}", xlabel="time", ylabel="loss"
    )
    panel.legend()
    print(f"{name}: {study.verdict}")
plt.show()
