"""What the readme, the notebook and the pages of docs say, run and looked up."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
OWN_CIRCUIT = (ROOT / "docs/own-circuit.md").read_text()
PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "RELEASING", "SECURITY", "CODE_OF_CONDUCT")),
    *sorted((ROOT / "docs").rglob("*.md")),
]


def test_the_example_of_the_readme_prints_what_the_readme_says() -> None:
    code, output = re.findall(r"```(?:python|text)\n(.*?)```", README, re.DOTALL)
    assert len(code.strip().splitlines()) <= 24
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue() == output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_project_lands(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    for link in links:
        assert link.startswith("https://") or (page.parent / link).exists(), link


def test_the_readme_lists_a_page_once() -> None:
    pages = re.findall(r"^- \[[^]]*\]\(([^)]+)\)", README, re.MULTILINE)
    assert len(pages) > 5
    assert len(set(pages)) == len(pages)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z][\w-]*)", page.read_text())) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_named_exists(page: Path) -> None:
    paths = re.findall(r"`((?:docs|python|bindings|Sources|Tests)/[\w./-]+)`", page.read_text())
    assert all((ROOT / path).exists() for path in paths), paths


SKLEARN = re.findall(r"```python\n(.*?)```", (ROOT / "docs/sklearn.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("number", range(len(SKLEARN)))
def test_the_examples_for_scikit_learn_run(number: int) -> None:
    pytest.importorskip("sklearn")
    assert len(SKLEARN[number].splitlines()) <= 25
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(SKLEARN[number], {})
    scores = [float(word) for word in re.findall(r"(\d\.\d+)\n", printed.getvalue())]
    assert scores
    assert min(scores) > 0.8


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_the_example_for_one_s_own_circuit_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", OWN_CIRCUIT, re.DOTALL)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert "the loss" in printed.getvalue()


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_the_example_of_a_diagnosis_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/diagnosis.md").read_text(), re.DOTALL)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue().split()[0] in ("trains", "too_slow", "cannot", "undecided")
    assert "Short training" in printed.getvalue()


def test_the_flags_in_the_pages_exist() -> None:
    command = str(Path(sys.executable).with_name("qtangent"))
    help_text = "".join(
        subprocess.run([command, name, "--help"], capture_output=True, text=True, check=True).stdout
        for name in ("study", "info")
    )
    of_others = r"pkg-config --.*"
    for flag in re.findall(r"--[a-z]+(?:-[a-z]+)*", re.sub(of_others, "", README + OWN_CIRCUIT)):
        assert flag in help_text, flag


NOTEBOOK = ROOT / "python/notebooks/first_study.ipynb"


def code_cells() -> list[dict]:
    return [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]


SEQUENCES = ROOT / "python/notebooks/sequences.ipynb"


def test_the_notebook_on_sequences_runs_as_it_was_saved() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    pytest.importorskip("sklearn")
    matplotlib.use("agg")
    cells = [cell for cell in json.loads(SEQUENCES.read_text())["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not re.search(r"/(?:home|root|work|tmp|Users)/", SEQUENCES.read_text())
    names: dict = {}
    for cell in cells:
        code = "".join(line for line in cell["source"] if not line.startswith("%"))
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(code, names)
        saved = "".join("".join(output.get("text", [])) for output in cell["outputs"])
        # Eigenvalues of rounding differ from machine to machine.
        if "%%time" not in cell["source"][0] and "eigenvalue" not in saved:
            assert printed.getvalue() == saved


def test_the_notebook_is_saved_as_executed() -> None:
    cells = code_cells()
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell["outputs"] for cell in cells)
    assert not any(output["output_type"] == "error" for cell in cells for output in cell["outputs"])
    assert NOTEBOOK.stat().st_size < 400_000
    assert not re.search(r"/(?:home|root|work|tmp|Users)/", NOTEBOOK.read_text())


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
def test_the_notebook_runs() -> None:
    """With a tenth of its training; what does not depend on that is printed as it was saved."""
    matplotlib = pytest.importorskip("matplotlib")
    pytest.importorskip("sklearn")
    matplotlib.use("agg")
    names: dict = {}
    printed = io.StringIO()
    with redirect_stdout(printed):
        for cell in code_cells():
            exec(re.sub(r"time=(\d)0", r"time=\1", "".join(cell["source"])), names)
    saved = "".join("".join(output.get("text", [])) for cell in code_cells() for output in cell["outputs"])
    for sentence in ("The labels are out of reach", "scale 1.5: floor 0.0162", "closest pair: overlap 0.57"):
        assert sentence in saved
        assert sentence in printed.getvalue()


@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_the_example_for_notebooks_runs() -> None:
    pytest.importorskip("pandas")
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/notebooks.md").read_text(), re.DOTALL)
    assert len(code.splitlines()) <= 25
    names: dict = {}
    exec(code, names)
    assert names["error"] < 0.4 * names["data"].y_test.var()
    assert names["table"].loss.iloc[-1] < 0.1 * names["table"].loss.iloc[0]
    assert names["best"].shape == (36,)
