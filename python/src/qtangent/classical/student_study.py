"""The result of a student's study, and the ways to tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .._native import arrays
from .._native.arrays import Real
from .._native.build import build_info
from ..convergence.claims.frozen import LAZY, kernel_regression_describes, kernel_stays_frozen
from ..convergence.claims.verdict import Verdict
from ..convergence.files import ensure_folder, write_atomically
from ..convergence.three_curves import ThreeCurves
from ..convergence.words import number
from .descent import Descent
from .path import MatchPath, match_path
from .two_layer import TwoLayerNetwork

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..convergence.result import Study


@dataclass(frozen=True, eq=False)
class StudentStudy(ThreeCurves):
    """Result of `qtangent.classical.study`. Time is the learning rate times the step; the kernels of the curves are K/n on
    the inputs, so that residuals on samples follow dr/dt = -(K/n) r."""

    limit_name = "limit m → ∞"

    network: TwoLayerNetwork
    run: Descent
    inputs: Real
    """(n, d): the samples, or the probes of a study of the population."""
    settings: dict[str, float]
    elapsed: float
    """Seconds."""

    @property
    def kernel_name(self) -> str:
        """What figures call the kernel."""
        return "K / n"

    @property
    def time_name(self) -> str:
        """What figures call the time."""
        return "time η t"

    @property
    def claims(self) -> list[Verdict]:
        """Whether the kernel stays frozen, and whether kernel regression describes the training."""
        end, promised = self.actual.visible_loss[-1], self.kernel_regression.visible_loss[-1]
        result = [kernel_stays_frozen(self.kernel_change[-1])]
        if end > 0 and promised > 0:
            result.append(kernel_regression_describes(end, promised))
        return result

    @property
    def verdict(self) -> str:
        """One sentence: NTK regime or feature learning."""
        change = float(self.kernel_change[-1])
        moved = f"the tangent kernel moved by {100 * change:.2g} %"
        ends = (
            f"the loss ended at {number(self.actual.final_loss)}, "
            f"the frozen kernel promised {number(self.kernel_regression.final_loss)}"
        )
        name = "NTK regime" if change < LAZY else "feature learning"
        return f"{name}: {moved}; {ends}."

    def matches(self) -> MatchPath:
        """The neurons beside the teacher's along the path.

        Raises:
            InvalidArgumentError: for activation "relu".
        """
        return match_path(self.network, self.run)

    def plot(self) -> Figure:
        """Losses, change and spectrum of the kernel, smallest eigenvalue on one sheet (needs matplotlib)."""
        from ..plots.students import sheet

        return sheet(self, self.matches() if self.network.activation == "abs" else None)

    def report(
        self,
        path: str | Path,
        title: str = "student",
        beside: Mapping[str, StudentStudy | Study] | None = None,
    ) -> None:
        """Write a page of this study, with others beside it: students or quantum neural networks.

        Args:
            path: of the HTML file, which needs no other; its folder is made if it does not exist.
            title: of this study.
            beside: further studies by title.

        Raises:
            InvalidArgumentError: for what is no path.
            FileError: the file cannot be written.
            ImportError: matplotlib or Jinja2 is missing.
        """
        from ..report import render_regimes

        target = arrays.file_path(path)
        studies: dict[str, StudentStudy | Study] = {title: self, **(beside or {})}
        facts = [
            (name, ", ".join(f"{key} {number(float(value))}" for key, value in one.settings.items()))
            for name, one in studies.items()
        ]
        page = render_regimes(
            dict(studies),
            {name: one.plot() for name, one in studies.items()},
            {name: one.verdict for name, one in studies.items()},
            [*facts, ("QTangent", str(build_info()["version"]))],
        )
        ensure_folder(target.parent)
        write_atomically(target, page.encode())

    def __repr__(self) -> str:
        return f"<qtangent.classical.StudentStudy: {self.verdict}>"
