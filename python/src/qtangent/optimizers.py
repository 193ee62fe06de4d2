"""Optimisers, with the settings that `qt.train` passes to the native library."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, TypeAlias

from . import _signatures as c
from ._native import arrays
from ._native.errors import InvalidArgumentError


@dataclass(frozen=True)
class CosineDecay:
    """A learning rate that falls along half a cosine: rate (final + (1 - final) (1 + cos(pi t / steps)) / 2), from
    t = steps on rate * final. Before, in `warmup` steps, it rises in equal parts, rate (step + 1) / (warmup + 1); t counts
    the steps since.

    It takes the place of a number, `qt.Adam(qt.CosineDecay(0.1, steps=500))`, and depends on the step alone: a run that is
    resumed goes on with it.

    Source: Loshchilov, Hutter, ICLR 2017 (arXiv 1608.03983), without restarts.
    """

    rate: float
    steps: int
    final: float = 0.0
    warmup: int = 0


@dataclass(frozen=True)
class ExponentialDecay:
    """A learning rate rate * factor^(t / steps), t as for `CosineDecay`."""

    rate: float
    factor: float
    steps: int
    warmup: int = 0


@dataclass(frozen=True)
class StepDecay:
    """A learning rate that is multiplied by factor once every `every` steps, t as for `CosineDecay`."""

    rate: float
    factor: float
    every: int
    warmup: int = 0


Schedule: TypeAlias = CosineDecay | ExponentialDecay | StepDecay


@dataclass(frozen=True)
class GradientDescent:
    """theta <- theta - learning_rate * grad L."""

    learning_rate: float | Schedule


@dataclass(frozen=True)
class Momentum:
    """v <- momentum * v + grad L; theta <- theta - learning_rate * v."""

    learning_rate: float | Schedule
    momentum: float = 0.9


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma, Ba, ICLR 2015)."""

    learning_rate: float | Schedule = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8


@dataclass(frozen=True)
class RMSProp:
    """RMSProp; the mean of squared gradients forgets with factor alpha."""

    learning_rate: float | Schedule = 0.01
    alpha: float = 0.99
    epsilon: float = 1e-8


@dataclass(frozen=True)
class LBFGS:
    """L-BFGS with a strong Wolfe line search and `memory` correction pairs. Full batches only."""

    memory: int = 10


@dataclass(frozen=True)
class GradientFlow:
    """d theta/dt = -rate * grad L, integrated adaptively at 1e-11; a step is a time dt. Full batches only."""

    rate: float
    dt: float


@dataclass(frozen=True)
class NaturalGradient:
    """theta <- theta - learning_rate * (F + damping)^-1 grad L, F the quantum Fisher information (factor 4) averaged
    over the samples of the step (Stokes et al., Quantum 4, 269, 2020, whose metric is F/4). Pure states only."""

    learning_rate: float | Schedule
    damping: float = 1e-3


Optimizer: TypeAlias = GradientDescent | Momentum | Adam | RMSProp | LBFGS | GradientFlow | NaturalGradient

CODES: dict[type, int] = {
    GradientDescent: c.QTG_GRADIENT_DESCENT,
    Momentum: c.QTG_MOMENTUM,
    Adam: c.QTG_ADAM,
    RMSProp: c.QTG_RMSPROP,
    LBFGS: c.QTG_LBFGS,
    GradientFlow: c.QTG_GRADIENT_FLOW,
    NaturalGradient: c.QTG_NATURAL_GRADIENT,
}


def native_options(optimizer: Optimizer) -> Any:
    """A qtg_run_options with this optimiser's settings alone, its schedule of the learning rate among them."""
    if type(optimizer) not in CODES:
        names = ", ".join(kind.__name__ for kind in CODES)
        raise InvalidArgumentError(f"optimizer is {optimizer!r}; it must be one of {names}")
    options = c.qtg_run_options(struct_size=ctypes.sizeof(c.qtg_run_options))
    options.optimizer = CODES[type(optimizer)]
    for name, value in vars(optimizer).items():
        if name == "learning_rate" and isinstance(value, Schedule):
            value = _set_schedule(options, value)
        setattr(options, name, (arrays.integer if name == "memory" else arrays.number)(name, value))
    return options


def _set_schedule(options: Any, schedule: Schedule) -> float:
    """Notes the schedule; the rate that it starts from."""
    if isinstance(schedule, CosineDecay):
        kind, name, value, steps = c.QTG_SCHEDULE_COSINE, "final", schedule.final, schedule.steps
    elif isinstance(schedule, ExponentialDecay):
        kind, name, value, steps = c.QTG_SCHEDULE_EXPONENTIAL, "factor", schedule.factor, schedule.steps
    else:
        kind, name, value, steps = c.QTG_SCHEDULE_STAIRS, "factor", schedule.factor, schedule.every
    options.schedule = kind
    options.schedule_steps = arrays.integer("steps", steps)
    options.schedule_value = arrays.number(name, value)
    options.schedule_warmup = arrays.integer("warmup", schedule.warmup)
    return schedule.rate
