"""Progress bars of the landscape's searches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .._extras import tqdm


@contextmanager
def bar(shown: bool, total: int, words: str) -> Iterator[Callable[[float], None]]:
    """A function that moves a bar on by so much; it shows nothing unless `shown`."""
    if not shown:
        yield lambda _: None
        return
    with tqdm()(total=total, desc=words, leave=False) as drawn:
        yield lambda amount: (drawn.update(amount), None)[1]
