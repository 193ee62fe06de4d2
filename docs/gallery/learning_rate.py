"""
The critical learning rate
==========================

The largest eigenvalue of the tangent kernel says how large steps may be. Below the critical rate descent falls, above
it the loss goes up and down.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

states = qt.encoding.haar_states(3, 4, seed=0)
y = np.array([0.5, -0.5, 0.5, -0.5])
model = qt.Model(qt.ansatz.hardware_efficient(3, layers=16), qt.pauli("ZII"))
theta = np.random.default_rng(0).uniform(0, 2 * np.pi, model.n_params)
kernel = model.tangent_kernel(theta, states=states)
critical = qt.convergence.critical_learning_rate(kernel, m=len(y))

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
for factor in (0.1, 0.5, 0.9, 5.0):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", qt.QTangentWarning)  # of a rate above the critical one
        run = qt.train(
            model, y, states=states, theta=theta, steps=60, optimizer=qt.GradientDescent(factor * critical)
        )
    left.semilogy(run.step, run.loss, label=f"{factor:g}")
left.set(title="Loss by rate over critical", xlabel="step", ylabel="loss")
left.legend()
rates = critical * np.linspace(0.05, 0.95, 50)
times = np.array([qt.convergence.decay_times(kernel, rate, m=len(y)) for rate in rates])
right.semilogy(rates / critical, times)
right.set(title="Steps to 1/e, by eigenvector", xlabel="rate over critical", ylabel="steps")
plt.show()
