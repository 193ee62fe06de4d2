"""Inputs of a program: which are parameters, features and configuration keys, and how they are numbered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .._native.errors import InvalidArgumentError
from ..angles import Angle, AngleLike, config, feature, param


@dataclass
class _Input:
    """A parameter or feature: its name, that without underscores and indices, the indices, and what it stands for while
    the program is read."""

    name: str
    base: str
    indices: tuple[int, ...]
    is_feature: bool
    number: int
    value: float | None = None


class Inputs:
    """Collects inputs, and literal angles that are made parameters.

    Args:
        features: names of inputs that are features: whole, or without underscores around them and indices behind them.
        config: names of inputs that are configuration keys, in the same way.
    """

    def __init__(self, features: Collection[str], config: Collection[str] = ()) -> None:
        self._features = frozenset(features)
        self._config = frozenset(config)
        self._keys: list[str] = []
        self._all: list[_Input] = []

    def declare(self, name: str) -> Angle:
        """The angle that a declared input stands for.

        Raises:
            InvalidArgumentError: for a configuration key that is a feature too, and for one that `qt.config` refuses.
        """
        base, indices = split(name)
        is_feature = not self._features.isdisjoint((name, base))
        if not self._config.isdisjoint((name, base)):
            if is_feature:
                raise InvalidArgumentError(f"features and config both claim the input {name}")
            self._keys.append(name)
            return config(name)
        return self._add(_Input(name, base, indices, is_feature, len(self._all)))

    def free(self, value: float) -> Angle:
        """A new parameter in the place of a literal angle."""
        number = len(self._all)
        return self._add(_Input("", "", (number,), False, number, value))

    def _add(self, one: _Input) -> Angle:
        self._all.append(one)
        return feature(one.number) if one.is_feature else param(one.number)

    def numbered(self, angles: Iterable[AngleLike]) -> Numbering:
        """The numbers of the inputs that occur in angles: by their indices within a name, by declaration between names,
        literal angles last."""
        used: set[int] = set()
        keys: set[str] = set()
        for angle in angles:
            if isinstance(angle, Angle):
                keys.update(angle.configuration)
                for params, features in angle.terms:
                    used.update(params, features)
        firsts: dict[str, int] = {}
        for one in self._all:
            firsts.setdefault(one.base, one.number)
        literal = len(self._all)
        ordered = sorted(
            (self._all[number] for number in used),
            key=lambda one: (literal if one.value is not None else firsts[one.base], one.indices, one.number),
        )
        return Numbering(
            parameters=[one for one in ordered if not one.is_feature],
            features=[one for one in ordered if one.is_feature],
            unused=(
                *(one.name for one in self._all if one.name and one.number not in used),
                *(key for key in self._keys if key not in keys),
            ),
            keys=self._keys,
        )


class Numbering:
    """Inputs in the order of a circuit's parameters and features.

    Attributes:
        parameter_names, feature_names: as the program has them; literal angles that were made free have names that it
            has not.
        initial_theta: for each parameter the number that the program had in its place; NaN for inputs.
        unused: names of inputs that are in no angle.
    """

    def __init__(
        self, parameters: list[_Input], features: list[_Input], unused: tuple[str, ...], keys: list[str]
    ) -> None:
        self.unused = unused
        self.feature_names = tuple(one.name for one in features)
        taken = {*unused, *keys, *self.feature_names, *(one.name for one in parameters)}
        prefix = next(name for name in _free_prefixes() if not any(other.startswith(name) for other in taken))
        self.parameter_names = tuple(one.name or f"{prefix}{k}" for k, one in enumerate(parameters))
        nan = float("nan")
        self.initial_theta = [nan if one.value is None else one.value for one in parameters]
        self._parameters = {one.number: k for k, one in enumerate(parameters)}
        self._features = {one.number: k for k, one in enumerate(features)}

    def of(self, angle: AngleLike) -> AngleLike:
        """An angle with the circuit's numbers."""
        if not isinstance(angle, Angle):
            return angle
        return Angle(
            angle.constant,
            {
                (
                    tuple(self._parameters[p] for p in params),
                    tuple(self._features[f] for f in features),
                ): factor
                for (params, features), factor in angle.terms.items()
            },
            angle.configuration,
        )


def _free_prefixes() -> Iterable[str]:
    yield "theta_"
    k = 0
    while True:
        yield f"theta{k}_"
        k += 1


def split(name: str) -> tuple[str, tuple[int, ...]]:
    """A name without the underscores around it and the indices behind it, and the indices: "_θ_10_" is ("θ", (10,))."""
    core = name.strip("_")
    found = re.fullmatch(r"(.*?[^\d_])((?:_*\d+)*)", core)
    if not found:
        return core or name, ()
    return found.group(1), tuple(int(digits) for digits in re.findall(r"\d+", found.group(2)))
