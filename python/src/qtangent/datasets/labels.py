"""Which labels belong to which class, and what is learned of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError
from .dataset import Split


def chosen_classes(name: str, labels: NDArray[Any], classes: Sequence[Any] | None) -> list[Any]:
    """The labels that are used, two or more; the first of two becomes +1.

    A class is named by its label, by the label's text, or, where no label has that text, by a number equal to it: 1, 1.0
    and "1" name one label. Numbers are compared exactly.

    Raises:
        InvalidArgumentError: not different classes of those present.
    """
    present = np.unique(labels)
    if len(present) < 2:
        raise InvalidArgumentError(f"{name} has the one class {present.tolist()}: two are needed")
    shown = ", ".join(_text(one) for one in present[:10]) + (", ..." if len(present) > 10 else "")
    if classes is None:
        if len(present) > 2:
            raise InvalidArgumentError(
                f"{name} has {len(present)} classes ({shown}): name two of them (classes), or more for an output each"
            )
        if _value(present[0]) is not None and _value(present[0]) == _value(present[1]):
            raise InvalidArgumentError(
                f"{name}'s classes {shown} are one number written in two ways: write it alike, or name both as classes"
            )
        return [present[0], present[1]]
    given = [classes] if isinstance(classes, (str, bytes)) else list(classes)
    wanted = [_find(name, one, present) for one in given]
    if len(wanted) < 2 or None in wanted or len(set(wanted)) < len(wanted):
        raise InvalidArgumentError(
            f"classes are {given}: name two different ones of {name}'s {shown}, or more"
        )
    return [present[k] for k in wanted]


def class_numbers(labels: NDArray[Any], chosen: Sequence[Any]) -> NDArray[np.intp]:
    """Which of the chosen classes each sample belongs to, (N,); -1 for none."""
    numbers = np.full(len(labels), -1, dtype=np.intp)
    for k, one in enumerate(chosen):
        numbers[labels == one] = k
    return numbers


def targets(numbers: NDArray[np.intp], classes: int) -> Real:
    """What is learned: of two classes +1 for the first and -1 for the other, (N,); of more +1 on the output of a
    sample's own class and -1 on all others, (N, classes)."""
    own = np.where(numbers[:, None] == np.arange(classes), 1.0, -1.0)
    return own[:, 0] if classes == 2 else own


def description(names: Sequence[str], split: Split) -> str:
    """The classes, and how many samples there are of each."""
    train, test = len(split.train), len(split.test)
    if len(names) == 2:
        return f"{names[0]} (+1) against {names[1]} (-1): {train} training samples, half of each class, and {test} held out"
    return (
        f"{', '.join(names)}, one output each (+1 for its own class, -1 for the others): {train} training samples, "
        f"{train // len(names)} of each class, and {test} held out"
    )


def _find(name: str, wanted: Any, present: NDArray[Any]) -> int | None:
    text = _text(wanted)
    same = [k for k, one in enumerate(present) if _text(one) == text]
    if not same and present.dtype.kind == "b":
        same = [k for k, one in enumerate(present) if _text(one).lower() == text.lower()]
    if not same:
        value = _value(wanted)
        same = [k for k, one in enumerate(present) if value is not None and _value(one) == value]
    if len(same) > 1:
        alike = ", ".join(_text(present[k]) for k in same)
        raise InvalidArgumentError(
            f"{text} may name several classes of {name}: {alike}; give the exact text of one"
        )
    return same[0] if same else None


def _text(label: Any) -> str:
    return label.decode("utf-8", errors="backslashreplace") if isinstance(label, bytes) else str(label)


def _value(label: Any) -> Decimal | None:
    """The number that a label is or spells; a float is the shortest decimal that it stands for."""
    text = str(int(label)) if isinstance(label, (bool, np.bool_)) else _text(label)
    try:
        # Python would take 1_000.
        value = Decimal("" if "_" in text else text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
