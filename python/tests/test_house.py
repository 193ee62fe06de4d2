"""How the package is laid out: no module needs another in a circle, no folder is too full to survey."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import qtangent as qt

PACKAGE = Path(qt.__file__).parent
GENERATED = {"_signatures.py"}
MOST_FILES = 20


def modules(root: Path) -> dict[str, Path]:
    """Files by dotted name; a package goes by the name of its folder."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: set[str]) -> set[str]:
    """Modules that a module names in any import: at the top, inside a function, under TYPE_CHECKING."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *(node.module.split(".") if node.module else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in known else base)
    return found & known


def circles(root: Path) -> list[set[str]]:
    """Sets of modules each of which reaches all others by imports."""
    files = modules(root)
    direct = {name: imports(name, path, set(files)) for name, path in files.items()}
    reached = {}
    for name in files:
        seen, waiting = set(), [name]
        while waiting:
            waiting += (fresh := direct[waiting.pop()] - seen)
            seen |= fresh
        reached[name] = seen
    rings = {frozenset({a, *(b for b in reached[a] if a in reached[b])}) for a in files if a in reached[a]}
    return sorted((set(ring) for ring in rings), key=sorted)


def crowded(root: Path) -> dict[str, int]:
    """Folders with more hand-written modules at their own level than a reader can survey."""
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    counts = {
        str(folder.relative_to(root.parent)): len({file.name for file in folder.glob("*.py")} - GENERATED)
        for folder in folders
    }
    return {folder: count for folder, count in counts.items() if count > MOST_FILES}


def test_no_imports_go_in_a_circle():
    assert circles(PACKAGE) == []


def test_no_folder_is_crowded():
    assert crowded(PACKAGE) == {}


def test_every_import_of_the_package_is_seen():
    files = modules(PACKAGE)
    assert "qtangent._native.arrays" in imports(
        "qtangent.models.model", files["qtangent.models.model"], set(files)
    )
    assert "qtangent.training" in imports("qtangent", files["qtangent"], set(files))
    below = imports("qtangent.convergence.study", files["qtangent.convergence.study"], set(files))
    assert {"qtangent.training", "qtangent.convergence.problem", "qtangent.models"} <= below


def test_no_test_imports_another():
    """What several need stands in a file of its own."""
    for path in Path(__file__).parent.rglob("test_*.py"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        origins = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        assert not {name for name in origins if name.startswith("test_")}, path


PLANTED = {
    "plain": ("from .b import one\n", "from . import a\n"),
    "absolute": ("import house.b\n", "from house.a import two\n"),
    "for types alone": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .b import One\n",
        "from .a import Two\n",
    ),
    "inside a function": ("def late():\n    from .b import one\n    return one\n", "from .a import late\n"),
    "through a third": ("from .inner.c import one\n", "from .a import two\n"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_circle_is_found(kind, tmp_path):
    root = tmp_path / "house"
    (root / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/__init__.py"):
        (root / name).write_text("")
    (root / "inner/c.py").write_text("from ..b import one\n")
    first, second = PLANTED[kind]
    (root / "a.py").write_text(first)
    (root / "b.py").write_text("import math\n")
    assert circles(root) == []
    (root / "b.py").write_text(second)
    expected = {"house.a", "house.b"} | ({"house.inner.c"} if "third" in kind else set())
    assert circles(root) == [expected]


def test_a_planted_crowd_is_found(tmp_path):
    root = tmp_path / "house"
    (root / "inner").mkdir(parents=True)
    (root / "inner" / "_signatures.py").write_text("")
    for k in range(MOST_FILES):
        (root / "inner" / f"m{k}.py").write_text("")
    assert crowded(root) == {}
    (root / "inner" / "one_more.py").write_text("")
    assert crowded(root) == {"house/inner": MOST_FILES + 1}


SOURCES = Path(__file__).parents[2] / "Sources"
# A name of Python's style, its punctuation and its literals; the standard deviations of a network are called so anywhere,
# and files of the kernel by the kernel.
PYTHONIC = re.compile(r"\b[a-z]+_[a-z]+|`|\.T\b|np\.|numpy|\b(?:None|True|False|dtype)\b")


def pythonic(code: str) -> list[str]:
    """Words of Python in the string literals of a Swift source, what is put into them apart."""
    literals = re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r"//.*", "", code))
    plain = [re.sub(r"\\\([^()]*(?:\([^()]*\)[^()]*)*\)", "", literal) for literal in literals]
    return [
        text
        for text in plain
        if PYTHONIC.search(text) and not re.search(r"sigma_|lambda_max|cfs_\w+_us$|limit_in_bytes$", text)
    ]


@pytest.mark.skipif(not SOURCES.exists(), reason="needs the repository")
def test_messages_below_the_c_interface_have_no_words_of_python() -> None:
    assert pythonic('throw .invalid("learning_rate is \\(rate)")') == ["learning_rate is "]
    assert pythonic('throw .invalid("the learning rate is \\(learning_rate)")') == []
    files = [path for path in SOURCES.rglob("*.swift") if "TangentCAPI" not in path.parts]
    assert len(files) > 200
    assert {path.name: found for path in files if (found := pythonic(path.read_text()))} == {}
