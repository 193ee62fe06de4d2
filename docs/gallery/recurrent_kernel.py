"""
Sequences and the recurrent tangent kernel
==========================================

The tangent kernel of an infinitely wide recurrent network takes sequences of any lengths, and a support vector
machine tells two frequencies apart by it.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

random = np.random.default_rng(0)
labels = np.arange(120) % 2
waves = [
    np.sin((0.4 + 0.08 * label) * np.arange(length) + phase) + 0.6 * random.standard_normal(length)
    for label, length, phase in zip(
        labels, random.integers(25, 55, 120), random.uniform(0, 6.3, 120), strict=True
    )
]
machine = qt.sklearn.TangentKernelClassifier(qt.sklearn.RecurrentKernel(pooling="mean"))
score = machine.fit(waves[:80], labels[:80]).score(waves[80:], labels[80:])

order = np.argsort(labels[:80], kind="stable")
kernel = qt.classical.recurrent_ntk([waves[k] for k in order], pooling="mean")
roots = np.sqrt(np.diag(kernel))

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
for label in (0, 1):
    left.plot(waves[label] + 5 * label, label=f"class {label}")
left.set(title="One sequence of each class", xlabel="step", yticks=[])
left.legend()
image = right.imshow(kernel / np.outer(roots, roots), cmap="magma")
right.set(title=f"Kernel by class; {score:.0%} right on others", xlabel="sequence", ylabel="sequence")
figure.colorbar(image, ax=right, shrink=0.8)
plt.show()
