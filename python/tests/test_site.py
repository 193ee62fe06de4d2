"""The pages of the site: code runs and prints what is shown, and every name that is set beside another library's exists."""

from __future__ import annotations

import ast
import inspect
import io
import re
import runpy
from contextlib import redirect_stdout
from pathlib import Path

import matplotlib as mpl
import pytest
import qtangent as qt

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="needs the repository")

PAGES = sorted(path for folder in ("start", "coming-from", "guides") for path in (DOCS / folder).glob("*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```(?:\n+```text\n(.*?)^```)?", re.MULTILINE | re.DOTALL)


def with_code() -> list[Path]:
    return [page for page in PAGES if BLOCK.search(page.read_text())]


@pytest.mark.parametrize("page", with_code(), ids=lambda page: page.name)
@pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
def test_the_code_of_a_page_prints_what_the_page_shows(page: Path, tmp_path: Path, monkeypatch) -> None:
    for guest in ("sklearn", "xarray"):
        pytest.importorskip(guest)
    mpl.use("agg")
    monkeypatch.chdir(tmp_path)
    names: dict = {"__name__": "__main__"}
    for code, output in BLOCK.findall(page.read_text()):
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(code, names)
        if output:
            assert printed.getvalue() == output


def test_every_page_stands_in_a_list_of_contents() -> None:
    listed = set()
    for page in DOCS.rglob("*.md"):
        for block in re.findall(r"^```\{toctree\}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
            entries = [line for line in block.splitlines() if line and not line.startswith(":")]
            listed |= {(page.parent / entry).resolve() for entry in entries}
    pages = {path.with_suffix("") for path in DOCS.rglob("*.md")} - {DOCS / "index"}
    assert len(pages) > 30
    assert pages - listed == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_links_stay_inside_the_site(page: Path) -> None:
    """What lies outside of docs is no page of it: a path as code says where it is."""
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    local = [link for link in links if not link.startswith("https://")]
    assert [link for link in local if not (page.parent / link).resolve().is_relative_to(DOCS)] == []


def test_pages_have_code() -> None:
    assert {"install.md", "first-study.md", "your-table.md", "pennylane.md", "training.md"} <= {
        page.name for page in with_code()
    }


OBJECTS = {
    "circuit": qt.Circuit, "model": qt.Model, "run": qt.Run, "runs": qt.Run, "study": qt.convergence.Study,
    "data": qt.datasets.Dataset,
}  # fmt: skip


def attribute(node: ast.expr) -> object:
    """What a dotted name stands for; a class's own attribute for those of its objects."""
    if isinstance(node, ast.Attribute):
        return getattr(attribute(node.value), node.attr)
    assert isinstance(node, ast.Name)
    return qt if node.id == "qt" else OBJECTS[node.id]


def unknown(code: str) -> list[str]:
    """Names and keyword arguments of ours in a piece of code that do not exist."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, (ast.Attribute, ast.Call)):
            inner = node.func if isinstance(node, ast.Call) else node
            root = inner
            while isinstance(root, ast.Attribute):
                root = root.value
            if not (isinstance(root, ast.Name) and (root.id == "qt" or root.id in OBJECTS)):
                continue
            try:
                value = attribute(inner)
            except AttributeError as error:
                found.append(str(error))
                continue
            except ImportError:  # of a guest that is not installed
                continue
            if isinstance(node, ast.Call):
                is_method = inspect.isfunction(value) and root.id in OBJECTS
                words = {word.arg: None for word in node.keywords if word.arg}
                try:
                    inspect.signature(value).bind(*[None] * (is_method + len(node.args)), **words)
                except TypeError as error:
                    found.append(f"{ast.unparse(node)}: {error}")
    return found


def rows(page: Path) -> list[str]:
    """The right column of a page's table, code by code."""
    lines = re.findall(r"^\|[^|\n]*(?:\|[^|\n]*)?\|(.*)\|$", page.read_text(), re.MULTILINE)
    return [code for line in lines for code in re.findall(r"`([^`]+)`", line)]


@pytest.mark.parametrize("page", sorted((DOCS / "coming-from").glob("[!i]*.md")), ids=lambda page: page.name)
def test_every_name_of_ours_in_a_table_exists(page: Path) -> None:
    pytest.importorskip("sklearn")
    codes = [code for code in rows(page) if re.search(r"\b(?:qt|circuit|model|run)\.", code)]
    assert len(codes) >= 10
    assert [fault for code in codes for fault in unknown(code)] == []


def test_a_planted_name_is_found() -> None:
    assert unknown("qt.Adam(0.1)") == []
    assert unknown("qt.train(model, y, X=X)") == []
    assert unknown("circuit.ry(qt.param(0), 1)") == []
    for planted in (
        "qt.Adams(0.1)",
        "qt.Adam(lr=0.1)",
        "circuit.cnotty(0)",
        "qt.train(model)",
        "model.predict(1, 2, 3, 4, 5, 6)",
    ):
        assert unknown(planted), planted


OFFLINE = runpy.run_path(str(DOCS / "extensions/offline.py"))["foreign"] if DOCS.exists() else None


@pytest.mark.parametrize(
    ("text", "is_style"),
    [
        ('<script src="https://elsewhere.example/a.js"></script>', False),
        ("<script async src=//elsewhere.example/a.js></script>", False),
        ('<link href="https://elsewhere.example/a.css" rel="stylesheet">', False),
        ('<img alt="" src="http://elsewhere.example/a.png">', False),
        ("@import 'https://elsewhere.example/a.css';", True),
        ("src: url(https://elsewhere.example/a.woff2)", True),
    ],
)
def test_what_loads_from_another_host_ends_the_build(text: str, is_style: bool) -> None:
    assert OFFLINE(text, is_style)


def test_links_that_a_reader_follows_are_no_load() -> None:
    page = '<a href="https://elsewhere.example">x</a><script src="_static/a.js"></script><img src="a.png" alt="">'
    assert OFFLINE(page, False) == []
    assert OFFLINE("src: url(../fonts/a.woff2)", True) == []


def test_every_kind_of_example_is_in_the_gallery() -> None:
    """Each has a title, a sentence and a picture; they run when the site is made (`make docs`)."""
    scripts = sorted((DOCS / "gallery").glob("*.py"))
    assert 15 <= len(scripts) <= 20
    for script in scripts:
        tree = ast.parse(script.read_text())
        title, underline, *rest = (ast.get_docstring(tree) or "").splitlines()
        assert len(underline) == len(title)
        assert "".join(rest).strip().endswith((".", "?")), script.name
        assert "plt.show()" in script.read_text(), script.name
