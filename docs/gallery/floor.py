"""
A floor under the loss
======================

States that overlap cannot be told apart. How low the loss can get follows from the overlaps alone, before any
training.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

digits = qt.datasets.digits(classes=(3, 5), train=32, test=0)
overlaps = np.abs(digits.states @ digits.states.conj().T) ** 2
scales = np.linspace(0.6, 2.2, 17)
floors = [qt.convergence.loss_floor(digits.states, digits.y, [-scale, scale]) for scale in scales]

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
image = left.imshow(overlaps, vmin=0, vmax=1)
left.set(title="Overlaps of the images", xlabel="sample", ylabel="sample")
figure.colorbar(image, ax=left, shrink=0.8)
right.plot(scales, [floor.value for floor in floors], label="all states at once")
right.plot(scales, [floor.pairwise for floor in floors], "--", label="from pairs alone")
right.set(title="Least loss of any circuit", xlabel="scale of the observable", ylabel="loss")
right.legend()
plt.show()
