"""Files and names from strangers: no code runs, no memory is taken that is not there, no path leaves its folder, and names
are text in every page and picture."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import qtangent as qt
from formats import FORMATS, STORED
from qtangent import datasets
from qtangent._native import memory, strangers
from qtangent.cli import main
from qtangent.cli.audit.inputs import read_configurations
from qtangent.cli.python_file import value_in_file
from qtangent.cli.theta_file import read_theta

pytestmark = pytest.mark.filterwarnings("ignore::qtangent.QTangentWarning")
PACKAGE = Path(qt.__file__).parent
SCRIPT = "<script>alert(1)</script>"
# What file systems take as a name; mathematics that matplotlib cannot read; a way out of the folder.
FILE_NAMES = ["<img src=x onerror=alert(1)>\"'", "$\\frac{$ $x$", "...", "..\\..\\x", "-n --out", "a\nb"]


def test_nothing_unpickles():
    """No pickle in any file format, and no NumPy reader that would allow one."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        assert not re.search(
            r"import (?:pickle|marshal|shelve|dill|joblib)\b|np\.load\(|allow_pickle", text
        ), path
        if path.name not in ("python_file.py", "strangers.py"):
            assert not re.search(r"(?<![\w.])(?:exec|eval)\(", text), path


def npz(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def npy(
    shape: tuple[int, ...], content: bytes, dtype: str = "<f8", version: tuple[int, int] = (1, 0)
) -> bytes:
    """An NPY file that claims this shape."""
    buffer = io.BytesIO()
    header = {"shape": shape, "fortran_order": False, "descr": dtype}
    writers = {(1, 0): np.lib.format.write_array_header_1_0, (2, 0): np.lib.format.write_array_header_2_0}
    writers[version](buffer, header)
    return buffer.getvalue() + content


LIES = {
    "huge": npy((10**15,), bytes(80)),
    "overflowing": npy((2**62, 2**62), bytes(80)),
    "negative": npy((-1,), bytes(80)),
    "long": npy((5,), bytes(80)),
    "empty words": npy((10**12,), b"", "<U0"),
    "objects": npy((1,), b"\x80\x04K\x01.", "|O"),
    "no header": b"\x93NUMPY\x01\x00\xff\xff" + bytes(20),
    "deep header": b"\x93NUMPY\x02\x00\x00\x20\x00\x00" + b"(" * 8192,
}


@pytest.mark.parametrize("lie", LIES)
def test_arrays_that_claim_what_is_not_there(lie, tmp_path):
    path = npz(tmp_path / "a.npz", X=LIES[lie], y=npy((10,), bytes(80)))
    with pytest.raises(qt.InvalidArgumentError, match=r"a\.npz is not an NPZ file of numbers"):
        datasets.from_file(path)
    (tmp_path / "theta.npy").write_bytes(LIES[lie])
    with pytest.raises(qt.InvalidArgumentError, match=r"theta\.npy holds no list of numbers"):
        read_theta(tmp_path / "theta.npy", qt.ansatz.hardware_efficient(2, 1))


def test_what_is_larger_than_memory_is_not_unpacked(tmp_path, monkeypatch):
    """80 MB in a file of 80 kB."""
    bomb = npy((10**7,), bytes(80 * 10**6))
    path = npz(tmp_path / "bomb.npz", X=bomb, y=npy((10,), bytes(80)))
    assert path.stat().st_size < 10**5
    monkeypatch.setattr(memory, "memory_limit", lambda: 10**7)
    with pytest.raises(
        qt.OutOfMemoryError, match=r"bomb\.npz: what it holds would take 80 MB, 10 MB are allowed"
    ):
        datasets.from_file(path)
    for name, file in (("study-1", "arrays.npz"), ("sweep-2", "points/n2-p3-m2-scale1.0-seed0.npz")):
        target = tmp_path / name / file
        target.parent.mkdir(parents=True)
        for one in (STORED / name).glob("*.json"):
            (tmp_path / name / one.name).write_bytes(one.read_bytes())
        target.write_bytes(path.read_bytes())
        with pytest.raises(qt.OutOfMemoryError, match="are allowed"):
            FORMATS[name].read(tmp_path / name)


TEXTS = {
    "data": lambda path: datasets.from_file(path),
    "a program": lambda path: qt.qasm.read(path),
    "a diagnosis": lambda path: qt.diagnosis.Diagnosis.load(path),
    "parameters": lambda path: read_theta(path, qt.ansatz.hardware_efficient(2, 1)),
    "configurations": read_configurations,
    "a circuit's file": lambda path: value_in_file(path, "build"),
    "a study": lambda path: qt.convergence.Study.load(path.parent),
    "a sweep": lambda path: qt.convergence.load_sweep(path.parent),
}
FILES = {"a study": "study.json", "a sweep": "sweep.json", "a circuit's file": "mine.py", "data": "data.csv"}


@pytest.mark.parametrize("what", TEXTS)
def test_texts_beyond_the_memory_are_refused(what, tmp_path, monkeypatch):
    """A file of 1 TB that takes no place on the disk, and a device that never ends."""
    path = tmp_path / FILES.get(what, "text")
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(qt.OutOfMemoryError, match=f"{path.name} holds more than .* [GM]B"):
        TEXTS[what](path)
    path.unlink()
    path.symlink_to("/dev/zero")
    monkeypatch.setattr(strangers, "memory_limit", lambda: 10**8)
    with pytest.raises(qt.OutOfMemoryError, match=f"{path.name} holds more than 12.5 MB"):
        TEXTS[what](path)


def test_nested_json_is_refused(tmp_path):
    (tmp_path / "theta.json").write_text("[" * 100_000)
    with pytest.raises(qt.InvalidArgumentError, match="nested too deeply"):
        read_theta(tmp_path / "theta.json", qt.ansatz.hardware_efficient(2, 1))


DRAWINGS = {
    "element": ("<g ", "<script>alert(1)</script><g "),
    "element of another language": (
        "<g ",
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">a</x:script><g ',
    ),
    "event": ("<path ", '<path onclick="alert(1)" '),
    "link": ('fill="none"', 'fill="url(//x.y/z)"'),
    "style": ("max-width:100%", "position:fixed"),
    "comment": ("<g ", "<!--><img src=x onerror=alert(1)>--><g "),
    "end": ("</svg>", ""),
}


@pytest.mark.parametrize("kind", DRAWINGS)
def test_drawings_of_strangers_are_pictures(kind):
    """The page of a diagnosis shows its circuit's drawing as it stands in the file."""
    content = json.loads((STORED / "diagnosis-1.json").read_text())
    drawing = content["drawing"]
    content["drawing"] = drawing.replace(*DRAWINGS[kind], 1)
    assert content["drawing"] != drawing
    with pytest.raises(qt.CorruptedFileError, match="drawing"):
        qt.diagnosis.Diagnosis.from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (["sentence"], None), (["advice"], ["a"]), (["new"], 1), (["sections", 0, "findings", 0, "value"], "much"),
        (["sections", 0, "findings", 0, "interval"], [1]), (["sections", 0, "question"], 5), (["trial", "loss"], 0.5),
        (["trial", "loss"], ["a"]), (["subject", "qubits"], 2.5), (["subject", "budget"], "all"),
        (["subject", "has_classes"], 1), (["rests_on"], [1]),
    ],
)  # fmt: skip
def test_diagnoses_of_strangers_have_what_the_schema_says(place, value):
    content = json.loads((STORED / "diagnosis-1.json").read_text())
    inner = content
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(qt.CorruptedFileError, match=place[-1]):
        qt.diagnosis.Diagnosis.from_json(json.dumps(content))


CIRCUIT = f"""
import qtangent as qt
circuit = qt.Circuit(2)
for k in range(2):
    circuit.ry(qt.feature(k), k)
circuit = circuit + qt.Circuit(2).ry(qt.param(0), 0).ry(qt.param(1), 1).cx(1, 0).rx(qt.param(2), 0)
circuit.parameter_names = [{SCRIPT!r}, 'b" onload="alert(1)', "$\\\\frac{{$"]
"""


class Page(HTMLParser):
    """What a browser would act upon."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.dangers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            link = name in ("href", "src", "xlink:href", "action", "formaction")
            if (
                name.startswith("on")
                or name == "srcdoc"
                or (link and not re.match(r"#|data:image/png;base64,", value))
            ):
                self.dangers.append(f"{tag} {name}={value}")


def harmless(text: str) -> None:
    page = Page(text)
    assert not {"script", "iframe", "object", "embed"} & set(page.tags)
    assert page.dangers == []
    assert "alert(1)" in text


@pytest.mark.parametrize("name", FILE_NAMES)
def test_file_names_stay_in_the_folder_and_are_text(name, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    pytest.importorskip("jinja2")
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    Path("mine.py").write_text(CIRCUIT)
    rows = [f"{k / 7},{k % 5},{SCRIPT if k % 2 else 'b'}" for k in range(20)]
    data = Path(f"{name}.csv")
    data.write_text("\n".join([f"<b onclick=alert(1)>,{SCRIPT} ,kind", *rows]))
    flags = ["--circuit", "mine.py:circuit", "--dataset", f"./{data}", "--out", "out"]
    assert main(["study", *flags, "--time", "0.1", "--records", "3", "--scale", "1"]) == 0
    expected = ["report.html"]
    if name in FILE_NAMES[:2]:
        assert main(["diagnose", *flags, "--budget", "quick"]) == 0
        assert main(["landscape", *flags, "--starts", "5", "--steps", "10"]) == 0
        expected = ["diagnosis.html", "landscape.html", "report.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inside"]
    assert sorted(path.name for path in inside.iterdir()) == sorted(["mine.py", data.name, "out"])
    pages = sorted(Path("out").glob("*.html"))
    assert [path.name for path in pages] == expected
    for path in pages:
        harmless(path.read_text())
    for path in Path("out").rglob("*.svg"):
        for one in ElementTree.parse(path).iter():
            assert not one.tag.endswith("script")
            assert not [key for key in one.attrib if key.startswith("on")]
    for path in Path("out").rglob("*.json"):
        json.loads(path.read_text(), parse_constant=pytest.fail)


def test_names_are_text_in_cards_and_drawings():
    space: dict = {}
    exec(CIRCUIT, space)
    circuit = space["circuit"]
    model = qt.Model(circuit, qt.pauli("ZI"))
    X, y = [[0.1, 0.2], [0.3, 0.4]], [1.0, -1.0]
    run = qt.train(model, y, X=X, steps=3)
    data = datasets.from_arrays(np.array(X * 3), [SCRIPT, "b"] * 3, "zz", n_qubits=2, name=SCRIPT)
    for shown in (circuit, model, run, data, qt.diagnose(model, y, X=X, budget="quick")):
        if hasattr(shown, "_repr_html_"):
            page = Page(shown._repr_html_())
            assert "script" not in page.tags
            assert page.dangers == []
