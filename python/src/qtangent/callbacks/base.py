"""Objects that watch a training, and several of them as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias

from .._native.arrays import Real
from .._native.errors import InvalidArgumentError

Function: TypeAlias = Callable[[int, Any, Real], object]
"""function(step, loss, theta) -> True stops the training. The loss is a float and theta (p,); of s parameter sets (s,) and
(s, p)."""


class Callback:
    """What watches a training. Subclasses say what happens before each step, and if they like also the rest.

    One object can watch several trainings, one after the other.
    """

    def begin(self, step: int, steps: int) -> None:
        """Before the first step.

        Args:
            step: where the training stands, 0 unless it was resumed.
            steps: how many are to be made.

        Raises:
            Exception: what a subclass raises ends the training before it begins.
        """

    def __call__(self, step: int, loss: Any, theta: Real) -> object:
        """Before each step, and once more after the last; True stops. It may run in a worker thread.

        Args:
            step: steps made so far.
            loss: a float, or (s,) for s parameter sets; with mini-batches the batch's, at the last call that of all samples.
            theta: (p,) or (s, p).

        Raises:
            Exception: what a subclass raises ends the training and goes on to its caller.
        """
        return False

    def draw(self) -> None:
        """A few times a second, in the thread that called for the training: the place for what needs that thread, as
        pictures do."""

    def end(self) -> None:
        """After the last step, also of a training that was stopped, interrupted, or has failed; in the caller's thread.
        Of several callbacks the last is told first."""


Callbacks: TypeAlias = Function | Callback | Sequence[Function | Callback] | None


class Several:
    """Callbacks in a row, each asked at every step; the first True stops.

    Raises:
        InvalidArgumentError: for what cannot be called.
    """

    def __init__(self, given: Callbacks) -> None:
        listed: list[Any] = (
            [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
        )
        for one in listed:
            if not callable(one):
                raise InvalidArgumentError(
                    f"callback is {one!r}; functions of (step, loss, theta), objects such as EarlyStopping(50), or a list "
                    "of them are expected"
                )
        self._all: list[Function | Callback] = listed
        self._objects = [one for one in listed if isinstance(one, Callback)]

    def __len__(self) -> int:
        return len(self._all)

    @contextmanager
    def watching(self, step: int, steps: int) -> Iterator[None]:
        """From begin to end, which each hears whose begin did not fail, whatever else fails."""
        with ExitStack() as ends:
            for one in self._objects:
                one.begin(step, steps)
                ends.callback(one.end)
            yield

    def __call__(self, step: int, loss: Any, theta: Real) -> bool:
        """Before each step; each gets a copy of what it may keep or change."""
        answers = [bool(one(step, loss, theta.copy())) for one in self._all]
        return any(answers)

    @property
    def draws(self) -> bool:
        """Whether one of them has something to draw."""
        return any(type(one).draw is not Callback.draw for one in self._objects)

    def draw(self) -> None:
        """See `Callback.draw`."""
        for one in self._objects:
            one.draw()
