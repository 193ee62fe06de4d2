"""
How training nears its limit
============================

A sweep over the number of parameters: the distance from the limit of infinitely many falls like the inverse root.
"""

import matplotlib.pyplot as plt
from qtangent.convergence import claims, haar_setup, sweep

runs = sweep(haar_setup, p=[40, 80, 160, 320], n=3, m=4, seeds=16, time=8)
runs = runs.squeeze(["n", "m", "scale", "draw"])
distance = runs.asymptotic_distance.max("time")
print(claims.approaches_limit(runs.p, distance))

figure, panel = plt.subplots(figsize=(6, 3.4), layout="constrained")
panel.loglog(runs.p, distance.transpose("p", "seed"), ".", color="tab:blue", alpha=0.4)
mean = distance.mean("seed")
panel.loglog(runs.p, mean, "o-", color="tab:blue", label="mean of 16 circuits")
panel.loglog(runs.p, float(mean[0]) * (runs.p / runs.p[0]) ** -0.5, "k--", label="$p^{-1/2}$")
panel.set(title="Largest distance from the limit", xlabel="parameters p", ylabel="distance")
panel.legend()
plt.show()
