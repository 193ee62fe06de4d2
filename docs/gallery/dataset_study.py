"""
A study of a data set
=====================

Two kinds of wine in five qubits: the verdict, and the figure of seven panels that reports begin with.
"""

import warnings

import matplotlib.pyplot as plt
import qtangent as qt

warnings.simplefilter("ignore", qt.QTangentWarning)  # of labels out of reach; the summary says it
data = qt.datasets.wine(n_qubits=5, train=32, test=60)
circuit = data.encoding + qt.ansatz.hardware_efficient(5, layers=12)
model = qt.Model(circuit, qt.pauli("ZIIII"), scale=2)
study = qt.convergence.study(
    model, data.y, X=data.X, X_test=data.X_test, y_test=data.y_test, time=10, records=60
)
print(study.summary())

# %%
study.plot()
plt.show()
