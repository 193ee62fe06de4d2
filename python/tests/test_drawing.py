"""Circuits as SVG: well-formed and harmless whatever they are called, every instruction in its place, no text on another."""

import re
import unicodedata
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
import qtangent as qt
from qtangent.drawing import Highlight, Namer, circuit_svg
from qtangent.instructions import gate_table

SVG = "{http://www.w3.org/2000/svg}"
# Advance of DejaVu Sans Mono in units of its size, as of most fonts with equal cells; ideographs take a whole unit.
ADVANCE = 0.602


def every_kind():
    """Every gate of the table and every general instruction, on three qubits."""
    circuit, p, x = qt.Circuit(3), qt.param, qt.feature
    for k, (name, row) in enumerate(gate_table().items()):
        angles = (p(k), 0.123456 * p(0) * x(0) - 1.5, x(1) * x(0))[: row["angles"]]
        getattr(circuit, name)(*angles, *(2, 0, 1)[: row["qubits"]])
    circuit.rotation(p(1), "XZ", (2, 0)).rotation(0.3 * p(2) - 1.2345678, "XIY")
    circuit.evolve(p(2), qt.pauli("ZY"), (2, 0)).evolve(
        x(0), 0.5 * qt.pauli("ZY") - qt.projector("01"), (0, 2)
    )
    circuit.evolve(0.75, qt.hermitian(np.diag([1.0, 2, 3, 4])), (1, 0))
    return circuit.unitary(np.eye(2), 1).unitary(np.eye(8), (2, 0, 1)).unitary(np.eye(4), (2, 0))


def many_qubits(n_qubits=20, length=200):
    rng, circuit = np.random.default_rng(0), qt.Circuit(n_qubits)
    for k in range(length):
        a, b, c = rng.choice(n_qubits, 3, replace=False).tolist()
        kind = rng.integers(6)
        if kind == 0:
            circuit.cx(a, b)
        elif kind == 1:
            circuit.rzz(qt.param(k), a, b)
        elif kind == 2:
            circuit.rotation(qt.param(k) * qt.feature(k % 5), "XYZ", (a, b, c))
        elif kind == 3:
            circuit.ccx(a, b, c)
        else:
            circuit.ry(-2.718281828 * qt.param(k) + 0.1 * k, a)
    return circuit


def named(circuit):
    words = (
        "<script>alert(1)</script>",
        "量子パラメータ",
        "a rather long name of a parameter",
        "\"&amp;'",
        "e\u0301\uffff",
    )
    circuit.parameter_names = [f"{words[k % len(words)]}{k}" for k in range(circuit.n_params)]
    circuit.feature_names = [f"]]><svg onload=x>{k}" for k in range(circuit.n_features)]
    return circuit


CIRCUITS = {
    "every kind": every_kind,
    "with names": lambda: named(every_kind()),
    "hardware efficient": lambda: qt.encoding.angle(4) + qt.ansatz.hardware_efficient(4, 3),
    "20 qubits": many_qubits,
    "20 qubits with names": lambda: named(many_qubits()),
    "empty": lambda: qt.Circuit(2),
    "62 qubits": lambda: qt.Circuit(62).h(0).cx(61, 0).evolve(qt.param(0), qt.pauli("Z" * 62)),
}


@pytest.fixture(params=CIRCUITS, scope="module")
def drawn(request):
    """A circuit, its picture's text and its tree."""
    circuit = CIRCUITS[request.param]()
    text = circuit.draw("svg")
    return circuit, text, ElementTree.fromstring(text)


def steps(root):
    return [group for group in root.iter(f"{SVG}g") if group.find(f"{SVG}title") is not None]


def titles(root):
    return [title.text for title in root.iter(f"{SVG}title")]


def box_of_text(element):
    size, x, y = (float(element.get(name)) for name in ("font-size", "x", "y"))
    wide = [
        unicodedata.east_asian_width(one) in "WF" for one in element.text if not unicodedata.combining(one)
    ]
    half = size * sum(1.0 if one else ADVANCE for one in wide) / 2
    return x - half, y - 0.77 * size, x + half, y + 0.24 * size


def box_of_rect(element):
    x, y, width, height = (float(element.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def boxes_of_lines(element):
    """The vertical pieces of a path that goes down from mark to mark."""
    return [
        (float(x), float(y), float(x), float(end))
        for x, y, end in re.findall(r"M([\d.]+) ([\d.]+)V([\d.]+)", element.get("d"))
    ]


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inside(a, b):
    return b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]


def test_no_text_is_on_another_and_all_are_in_the_picture(drawn):
    _, _, root = drawn
    texts = [box_of_text(element) for element in root.iter(f"{SVG}text")]
    assert not [(a, b) for a, b in combinations(texts, 2) if overlap(a, b)]
    picture = tuple(map(float, root.get("viewBox").split()))
    assert all(inside(box, picture) for box in texts)
    assert all(inside(box_of_rect(element), picture) for element in root.iter(f"{SVG}rect"))


def test_words_of_a_gate_stay_in_its_box_and_boxes_apart(drawn):
    _, _, root = drawn
    rects, lines = [], []
    for number, group in enumerate(steps(root)):
        own = [box_of_rect(element) for element in group.iter(f"{SVG}rect")]
        for element in group.iter(f"{SVG}text"):
            assert any(inside(box_of_text(element), box) for box in own), element.text
        rects += [(number, box) for box in own]
        lines += [(number, line) for path in group.iter(f"{SVG}path") for line in boxes_of_lines(path)]
    assert not [(a, b) for a, b in combinations(rects, 2) if overlap(a[1], b[1])]
    assert not [(a, b) for a, b in lines for c, d in rects if a != c and overlap(b, d)]


def middles(group):
    """Where the marks of an instruction are, in the order of its qubits."""
    for shape in group:
        if shape.tag == f"{SVG}rect":
            x1, y1, x2, y2 = box_of_rect(shape)
            yield (x1 + x2) / 2, (y1 + y2) / 2
        elif shape.tag == f"{SVG}circle":
            yield float(shape.get("cx")), float(shape.get("cy"))
        elif shape.get("stroke-width"):  # the cross of a swap, from its upper left corner
            x, y = re.match(r"M([\d.]+) ([\d.]+)", shape.get("d")).groups()
            yield float(x) + 6, float(y) + 6


def test_every_instruction_is_drawn_after_those_before_it(drawn):
    circuit, _, root = drawn
    n, found = circuit.n_qubits, [[] for _ in range(circuit.n_qubits)]
    for group in steps(root):
        name, qubits = re.match(r"(\w+).* on qubits? ([\d, ]+)$", group.find(f"{SVG}title").text).groups()
        places = list(middles(group))
        assert max(x for x, _ in places) - min(x for x, _ in places) < 0.2
        # Panels lie below each other: a line takes 44, and 26 are between them.
        panels, heights = zip(*(divmod(y - 8, 44 * n + 26) for _, y in places), strict=True)
        assert len(set(panels)) == 1
        assert [int(height // 44) for height in heights] == [int(qubit) for qubit in qubits.split(", ")]
        for qubit in qubits.split(", "):
            found[int(qubit)].append((panels[0], places[0][0], name))
    # On every line time goes from left to right, then to the next panel.
    for qubit, line in enumerate(found):
        assert [name for *_, name in sorted(line)] == [one.name for one in circuit if qubit in one.qubits]


def test_names_are_text_and_nothing_comes_from_elsewhere(drawn):
    circuit, text, root = drawn
    allowed = {"svg", "g", "style", "title", "text", "rect", "circle", "path"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [
        name for name in attributes if name.startswith("on") or "href" in name or name in ("src", "id")
    ]
    assert re.findall(r"\w+://", text) == ["http://"]
    assert not re.search(r"url\(|@import|<script|onload=x>", text)
    page = circuit._repr_html_()
    assert "<style" not in page
    assert "currentColor" in page
    assert "<script" not in page
    assert ElementTree.fromstring(page).find(f"{SVG}svg").get("viewBox") == root.get("viewBox")


def test_hovering_tells_everything():
    circuit = qt.Circuit(3).crx(2 * qt.param(0) - 0.123456789 * qt.feature(0), 0, 2)
    circuit.rotation(qt.param(1), "XZ", (2, 0)).evolve(0.5, 2 * qt.pauli("ZY"), (1, 2)).swap(0, 1).h(1)
    circuit.parameter_names, circuit.feature_names = ("alpha", "<b>"), ("dose",)
    assert titles(ElementTree.fromstring(circuit.draw("svg"))) == [
        "crx(2*alpha-0.123456789*dose) on qubits 0, 2",
        "rotation XZ(<b>) on qubits 2, 0",
        "evolve(0.5) of 2.0*ZY on qubits 1, 2",
        "swap on qubits 0, 1",
        "h on qubit 1",
    ]


@pytest.mark.parametrize("name", gate_table())
def test_every_gate_shows_its_symbol(name):
    row = gate_table()[name]
    n, circuit = row["qubits"], qt.Circuit(4)
    getattr(circuit, name)(*([qt.param(0)] * row["angles"]), *(3, 0, 2)[:n])
    (group,) = steps(ElementTree.fromstring(circuit.draw("svg")))
    words = [element.text for element in group.iter(f"{SVG}text")]
    dots = [element for element in group.iter(f"{SVG}circle") if element.get("r") == "4.5"]
    if row["symbol"] == "●":
        assert (len(dots), words) == (n, [])
    elif row["symbol"] == "x":
        assert words == []
        assert len([path for path in group.iter(f"{SVG}path") if path.get("stroke-width")]) == 2
    elif name in ("cx", "ccx"):
        assert (len(dots), words) == (row["controls"], [])
        assert len(list(group.iter(f"{SVG}circle"))) == n
    else:
        assert len(dots) == row["controls"]
        assert words.count(row["symbol"]) == n - row["controls"]
        angles = {", ".join(["p0"] * row["angles"])} if row["angles"] else set()
        assert set(words) == {row["symbol"]} | angles
    tints = {rect.get("fill") for rect in group.iter(f"{SVG}rect")}
    assert tints <= ({"#2563eb"} if row["angles"] else {"currentColor"})


def test_what_trains_and_what_reads_data_is_said():
    def legend(circuit):
        root = ElementTree.fromstring(circuit.draw("svg"))
        inner = {id(text) for group in steps(root) for text in group.iter(f"{SVG}text")}
        words = [text.text for text in root.iter(f"{SVG}text") if id(text) not in inner]
        return [word for word in words if not re.fullmatch(r"q\d+", word)]

    assert legend(qt.Circuit(1).h(0)) == []
    assert legend(qt.Circuit(1).rx(qt.param(0), 0)) == ["trainable"]
    both = qt.Circuit(1).rx(qt.param(0) * qt.feature(0), 0).ry(qt.feature(1) + 1, 0)
    assert legend(both) == ["data", "trainable and data"]


def test_long_circuits_are_cut_with_a_word():
    circuit = qt.Circuit(2)
    for _ in range(1600):
        circuit.cx(0, 1)
    root = ElementTree.fromstring(circuit.draw("svg"))
    assert len(steps(root)) == 1500
    assert [t.text for t in root.iter(f"{SVG}text")][-1] == "The first 1500 of 1600 instructions are drawn."
    assert len(steps(ElementTree.fromstring(circuit[:1500].draw("svg")))) == 1500
    assert "The first" not in circuit[:1500].draw("svg")


def test_forms():
    circuit = qt.Circuit(2).h(0)
    assert circuit.draw() == circuit.draw("text") == str(circuit)
    with pytest.raises(qt.InvalidArgumentError, match='form is \'png\'; "text" and "svg" are possible'):
        circuit.draw("png")


def test_highlighted_instructions_have_frames_around_all_they_show():
    circuit = qt.Circuit(3).rx(qt.config("a"), 0).cx(0, 2).ry(qt.param(0), 1).h(2)
    namer = Namer(circuit.parameter_names, circuit.feature_names)
    picture = ElementTree.fromstring(circuit_svg(3, circuit, 4, namer, Highlight({0, 1}, "odd ones")))
    frames = [one for one in picture.iter(SVG + "rect") if one.get("stroke-dasharray")]
    plain = [
        one for one in picture.iter(SVG + "rect") if not one.get("stroke-dasharray") and one.get("rx") == "4"
    ]
    heights = [float(one.get("height")) for one in frames]
    assert len(frames) == 2
    assert heights[1] > 2 * heights[0]
    box, frame = plain[0], frames[0]
    for start, size in (("x", "width"), ("y", "height")):
        assert float(frame.get(start)) < float(box.get(start))
        assert float(frame.get(start)) + float(frame.get(size)) > float(box.get(start)) + float(box.get(size))
    words = [one.text for one in picture.iter(SVG + "text")]
    assert words[-2:] == ["configuration", "odd ones"]
    assert circuit_svg(3, circuit, 4, namer) == circuit.draw("svg")
