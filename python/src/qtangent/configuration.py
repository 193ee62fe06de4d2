"""Configuration keys of circuits, and what becomes of a circuit under a configuration."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from . import _native
from ._native import arrays as _arrays
from ._native.errors import InvalidArgumentError
from .angles import Angle, AngleLike, config_name, config_number, native_angles

_C = TypeVar("_C", bound="Configurable")


class Configurable:
    """What a circuit has for the angles of `qt.config`."""

    _handle: int

    @classmethod
    def _adopt(cls: type[_C], handle: _native.Handle) -> _C:
        raise NotImplementedError

    @property
    def config_keys(self) -> tuple[str, ...]:
        """The keys of `qt.config` in the circuit's angles, in the order of first use."""
        length = ctypes.c_int64()
        _native.call("qtg_circuit_config_keys", self._handle, None, 0, ctypes.byref(length))
        numbers = np.empty(length.value, dtype=np.int64)
        arguments = (_arrays.pointer(numbers), len(numbers), ctypes.byref(length))
        _native.call("qtg_circuit_config_keys", self._handle, *arguments)
        return tuple(map(config_name, numbers.tolist()))

    def bind(self: _C, config: Mapping[str, AngleLike] | None = None) -> _C:
        """The circuit under a configuration, as a new one without configuration keys.

        Keys that are absent are 0. Instructions whose angles hold nothing but configuration, and are 0, are left out:
        they are the identity. So a circuit with such instructions and one without them give the same predictions, bit for
        bit. `qt.Model` and everything else that computes binds an empty configuration by itself.

        Args:
            config: key -> angle in radians: a number, or what `qt.param` gives with + - * /. None is empty.

        Returns:
            The circuit, whose parameters and features keep their indices and names.

        Raises:
            InvalidArgumentError: for keys that the circuit does not have, and for values that are not finite or that
                read features or keys.
        """
        if config is not None and not isinstance(config, Mapping):
            raise InvalidArgumentError(f"config is {config!r:.80}; a dict of keys and angles is expected")
        values = {key: _value(key, value) for key, value in (config or {}).items()}
        numbers = np.array([config_number(key) for key in values], dtype=np.int64)
        handle = _native.create(
            "qtg_circuit_bind",
            self._handle,
            _arrays.pointer(numbers),
            native_angles(list(values.values())),
            len(values),
        )
        return type(self)._adopt(handle)


def _value(key: str, value: AngleLike) -> Angle:
    try:
        return Angle.of(value)
    except InvalidArgumentError:
        raise InvalidArgumentError(
            f"the value of configuration key {key!r:.80} is {value!r:.80}; a finite number or angle of qt.param is expected"
        ) from None


def refuse_configuration(circuit: Configurable, what: str) -> None:
    """Raises for a circuit with configuration keys, which `what` has no place for."""
    if keys := circuit.config_keys:
        raise InvalidArgumentError(
            f"the circuit has configuration keys ({', '.join(keys[:5])}{', ...' * (len(keys) > 5)}), for which {what} has "
            "no place; circuit.bind(config={...}) puts numbers or parameters there, circuit.bind() nothing"
        )
