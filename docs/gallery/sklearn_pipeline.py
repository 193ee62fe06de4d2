"""
In a pipeline of scikit-learn
=============================

A quantum neural network beside other classifiers, with the same folds, the same scaling and the same scores.
"""

import matplotlib.pyplot as plt
import numpy as np
import qtangent as qt
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

X, y = load_wine(return_X_y=True)
candidates = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
    "SVC, RBF kernel": make_pipeline(StandardScaler(), SVC()),
    "SVC, dense tangent kernel": make_pipeline(
        StandardScaler(), qt.sklearn.TangentKernelClassifier(qt.sklearn.DenseKernel(depth=2))
    ),
    "quantum neural network": make_pipeline(
        qt.sklearn.Encoder(n_components=6), qt.sklearn.QNNClassifier(n_qubits=4, layers=2, random_state=0)
    ),
}
scores = {name: cross_val_score(one, X, y, cv=5) for name, one in candidates.items()}

figure, panel = plt.subplots(figsize=(7, 2.8), layout="constrained")
for row, (name, values) in enumerate(scores.items()):
    panel.plot(values, np.full(5, row), "o", color="tab:blue", alpha=0.4)
    panel.plot(values.mean(), row, "|", color="black", markersize=16)
    print(f"{name:<26}{values.mean():.3f}")
panel.set(
    title="Wine, five folds",
    xlabel="accuracy",
    yticks=range(len(scores)),
    yticklabels=scores,
    xlim=(None, 1.01),
)
panel.invert_yaxis()
plt.show()
