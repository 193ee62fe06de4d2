"""What watches a training: functions, and objects that stop it or draw it.

qt.train(model, y, X=X, callback=[qt.callbacks.EarlyStopping(50), qt.callbacks.TimeLimit(60), qt.plots.Live()])
"""

from .base import Callback
from .stopping import EarlyStopping, TimeLimit

__all__ = ["Callback", "EarlyStopping", "TimeLimit"]
