"""The page that asks of trainings, of circuits and of students, whether they follow their tangent kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..convergence.claims.frozen import LAZY
from ..convergence.telling.summary import law_in_short
from ..convergence.words import number
from ..plots import compare_losses, figure_bytes
from .filling import fill
from .inline import inline_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..convergence.three_curves import ThreeCurves


def render_regimes(
    studies: Mapping[str, ThreeCurves],
    sheets: Mapping[str, Figure],
    verdicts: Mapping[str, str],
    facts: list[tuple[str, str]],
) -> str:
    """The page as one HTML text without any link to the network.

    Args:
        studies: by title, in the order of the page.
        sheets: a figure by title.
        verdicts: a sentence by title.
        facts: names and values for the table of settings and versions.

    Raises:
        ImportError: Jinja2 or matplotlib is missing.
    """
    rows: list[dict[str, Any]] = []
    for place, (title, study) in enumerate(studies.items()):
        limit, change = study.asymptotic, float(study.kernel_change[-1])
        rows.append(
            {
                "title": title,
                "anchor": f"study-{place}",
                "verdict": verdicts[title],
                "regime": "NTK regime" if change < LAZY else "feature learning",
                "loss": number(study.actual.final_loss),
                "frozen": number(study.kernel_regression.final_loss),
                "limit": "-" if limit is None else number(limit.final_loss),
                "law": law_in_short(study.rates.actual),
                "change": f"{100 * change:.3g} %",
                "sheet": inline_svg(figure_bytes(sheets[title])[0], f"sheet-{place}", title),
            }
        )
    comparison = inline_svg(
        figure_bytes(compare_losses(list(studies.items())))[0], "compare", "Losses of all studies"
    )
    return fill("regimes.html.j2", rows=rows, comparison=comparison, facts=facts)
