"""How large a program may be. What is larger is refused before time and memory are spent on it."""

from __future__ import annotations

from typing import Any

from .errors import fault

CHARACTERS = 10_000_000
"""Characters of the text."""
GATES = 200_000
"""Steps of the program once loops, definitions and registers are unrolled."""
NESTING = 50
"""Brackets, blocks and signs inside one another, and definitions that call one another."""
OPERATORS = 100
"""Operators in a row in one expression, which the parser nests."""
CONTROLS = 9
"""Controls of a rotation or a phase beyond those that gates of the table have."""
SHOWN_CHARACTERS = 400_000
"""From how many characters on a progress bar is shown; 10,000 gates have fewer."""


class Budget:
    """The steps that are left to a program."""

    def __init__(self) -> None:
        self.left = GATES

    def allow(self, steps: int, node: Any) -> None:
        """Refuses what would take more steps than are left.

        Raises:
            QasmError: naming the limit.
        """
        if steps > self.left:
            raise fault(
                node,
                f"the program has more than {GATES} steps once loops, definitions and registers are unrolled; "
                f"{GATES} are the limit",
            )

    def spend(self, steps: int, node: Any) -> None:
        """Takes steps off."""
        self.allow(steps, node)
        self.left -= steps
