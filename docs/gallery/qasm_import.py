"""
A circuit from OpenQASM
=======================

What Qiskit, PennyLane or a person wrote as a file is read, drawn, trained and written again. Inputs called x are
data.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt

program = """
OPENQASM 3.0;
include "stdgates.inc";
input float[64] x;
input float[64] w_0; input float[64] w_1; input float[64] w_2; input float[64] w_3;
qubit[2] q;
for int k in [0:1] { ry(x) q[k]; }
rx(w_0) q[0]; ry(w_1) q[1];
cx q[0], q[1];
for int k in [0:1] { ry(x) q[k]; }
rx(w_2) q[0]; ry(w_3) q[1];
"""
circuit = qt.Circuit.from_qasm(program)
print(circuit)
print(circuit.parameter_names, circuit.feature_names)

# %%
X = np.linspace(-np.pi, np.pi, 60)[:, None]
y = 0.6 * np.sin(2 * X[:, 0]) + 0.1
run = qt.train(qt.Model(circuit, qt.pauli("ZZ")), y, X=X, optimizer=qt.Adam(0.05), steps=300, seed=3)

figure, panel = plt.subplots(figsize=(6, 3.2), layout="constrained")
panel.plot(X[:, 0], y, label="target")
panel.plot(X[:, 0], run.predict(X), "--", label="prediction")
panel.set(title=f"loss {run.loss[-1]:.2g}", xlabel="x")
panel.legend()
plt.show()
