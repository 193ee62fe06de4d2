"""`make trust`: every part, or those that are named; what a call leaves over the next one does."""

from __future__ import annotations

import argparse

from . import parts
from .registry import PARTS


def main() -> int:
    """Runs the parts, each in its time, also after one that was broken."""
    parser = argparse.ArgumentParser(prog="python -m trust", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(part.name for part in PARTS))
    parser.add_argument("--seconds", type=float, default=parts.MOST_SECONDS, help="at most for a part")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - {part.name for part in PARTS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    broken = 0
    for part in PARTS:
        if arguments.parts and part.name not in arguments.parts:
            continue
        try:
            record = parts.run(part, seconds=arguments.seconds)
            print(f"{part.name}: {record['rounds']} of {part.long} rounds, {record['counts']}", flush=True)
        except AssertionError as error:
            broken = 1
            print(f"BROKEN {error}", flush=True)
    return broken


if __name__ == "__main__":
    raise SystemExit(main())
