"""What the tests of the `qtangent` command share: the program, a table of one's own, and what a study wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np

COMMAND = "import sys; from qtangent.cli import main; sys.exit(main(sys.argv[1:]))"
"""A program whose arguments are those of the command."""


def table(folder: Path, rows: int = 24) -> Path:
    """A CSV file of two classes, told apart by its first column."""
    rng = np.random.default_rng(0)
    lines = ["width,height,depth,kind"]
    for row in range(rows):
        values = rng.normal(size=3) + np.array([2 * (row % 2), 0, 0])
        lines.append(",".join(f"{value:.4f}" for value in values) + f",{('cat', 'dog')[row % 2]}")
    path = folder / "animals.csv"
    path.write_text("\n".join(lines))
    return path


def arrays(name: str) -> dict[str, np.ndarray]:
    """Of a study below the folder `out`."""
    with np.load(Path("out") / name / "arrays.npz") as found:
        return dict(found)
