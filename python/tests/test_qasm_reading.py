"""What programs in OpenQASM become, and what is said of those that cannot be read."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import qtangent as qt
from qasm_programs import HEAD

OLD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\n'
LINE = 4  # Where a text after HEAD begins.
p, x = qt.param, qt.feature


def read(text, **options):
    return qt.Circuit.from_qasm(text, **options)


def after_head(text, **options):
    return read(HEAD + text, **options)


# Inputs.


def test_inputs_are_numbered_by_indices_within_names_and_by_declaration_between_them():
    names = ["_w_10_", "b", "_w_2_", "a", "x_1", "x_0", "_w_2_1_"]
    text = "".join(f"input float[64] {name};\n" for name in names)
    calls = "".join(f"rx({name}) q[0];\n" for name in reversed(names))
    circuit = after_head(text + calls)
    assert circuit.parameter_names == ("_w_2_", "_w_2_1_", "_w_10_", "b", "a")
    assert circuit.feature_names == ("x_0", "x_1")
    assert [one.angles[0] for one in circuit] == [p(1), x(0), x(1), p(4), p(0), p(3), p(2)]


def test_only_used_inputs_are_numbered():
    circuit = after_head("input float a; input angle b; input float c; input float x; gphase(b); rx(c) q[0];")
    assert circuit.parameter_names == ("c",)
    assert circuit.feature_names == ()
    assert circuit.unused_inputs == ("a", "b", "x")
    assert list(circuit) == [qt.Instruction("rx", 0, p(0))]


@pytest.mark.parametrize("name", ["x", "x_0", "_x_0_", "x12", "_x_", "x_1_2"])
def test_features_are_found_by_their_names(name):
    text = f"input float {name}; input float xy; ry({name}*xy) q[0];"
    assert after_head(text).feature_names == (name,)
    assert after_head(text, features=()).n_features == 0 if "*" not in text else True
    assert after_head(text, features=("xy",)).feature_names == ("xy",)
    assert after_head(text, features=(name,)).feature_names == (name,)


def test_angles_are_affine_and_may_multiply():
    circuit = after_head(
        "input float x_0; input float x_1; input float w;"
        "ry((-pi + x_0)*(-pi + x_1)*2) q[0]; rz(w*x_0/2 + 0.5 - w) q[0]; rx(x_0**2) q[0]; rx(-(w - 1)/4) q[0];"
    )
    angles = [one.angles[0] for one in circuit]
    assert angles == [
        (x(0) - np.pi) * (x(1) - np.pi) * 2, p(0) * x(0) * 0.5 + 0.5 - p(0), x(0) * x(0), (1 - p(0)) / 4
    ]  # fmt: skip


# Literal angles.


def test_literal_angles_become_parameters():
    text = (
        OLD + "gate two(t) a { rx(t) a; rz(t/2 + pi) a; }\nry(0.5) q; h q[0]; rz(pi/4) q[1]; two(0.7) q[0];"
    )
    circuit = read(text, free="rotations")
    np.testing.assert_array_equal(circuit.initial_theta, [0.5, 0.5, 0.5, np.pi / 4, 0.7])
    assert circuit.parameter_names == ("theta_0", "theta_1", "theta_2", "theta_3", "theta_4")
    assert [one.angles for one in circuit][-3:] == [(p(3),), (p(4),), (0.5 * p(4) + np.pi,)]
    plain = read(text)
    assert plain.n_params == 0
    assert plain.initial_theta is None
    np.testing.assert_allclose(circuit.matrix(circuit.initial_theta), plain.matrix(), atol=1e-14)


def test_literal_angles_come_after_inputs():
    text = "rx(0.3) q[0]; input float theta_1; rx(theta_1 + 1) q[0]; u3(1, 2*theta_1, 3) q[1];"
    circuit = after_head(text, free="rotations")
    np.testing.assert_array_equal(circuit.initial_theta, [np.nan, 0.3, 1, 3])
    assert circuit.parameter_names[0] == "theta_1"
    assert len(set(circuit.parameter_names)) == 4


# Gates.


def test_definitions_of_known_gates_are_these_gates():
    text = """
    gate rzz(p0) _gate_q_0, _gate_q_1 { cx _gate_q_0, _gate_q_1; rz(p0) _gate_q_1; cx _gate_q_0, _gate_q_1; }
    gate sxdg a { s a; h a; s a; }
    gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }
    gate ryy(t) a, b { cx a, b; rz(t) b; cx a, b; }
    input float w; rzz(2*w) q[0], q[2]; sxdg q[1]; iswap q[1], q[0]; ryy(w) q[0], q[1];
    """
    circuit = after_head(text)
    assert [one.name for one in circuit] == ["rzz", "sxdg", "iswap", "cx", "rz", "cx"]
    assert circuit[0] == qt.Instruction("rzz", (0, 2), 2 * p(0))


def test_a_definition_counts_over_an_include():
    assert [one.name for one in after_head("gate h a { x a; } h q[0];")] == ["x"]


def test_a_definition_means_the_gates_of_its_place():
    text = "gate g a { h a; } gate h a { x a; } gate x a { h a; } g q[0]; h q[0]; x q[0];"
    assert [one.name for one in after_head(text)] == ["h", "x", "x"]


def test_programs_without_an_include_know_the_standard_gates():
    assert len(read("qubit q; h q; rx(0.1) q;")) == 2
    with pytest.raises(qt.QasmError, match="rzz is not defined"):
        read("qubit[2] q; rzz(0.1) q[0], q[1];")
    assert read('include "qelib1.inc"; qreg q[2]; rzz(2^2) q[0], q[1];')[0].angles == (4.0,)


def test_controlled_rotations_are_evolutions_of_a_projector_times_the_generator():
    circuit = after_head(
        "input float w; ctrl(2) @ ry(2*w) q[2], q[0], q[1]; ctrl @ ctrl(2) @ gphase(w) q[0], q[1], q[2];"
    )
    rotation, phase = circuit
    assert (rotation.name, rotation.qubits, rotation.angles) == ("evolve", (2, 0, 1), (2 * p(0),))
    projector = qt.projector("11").matrix()
    y = qt.pauli("Y").matrix()
    np.testing.assert_allclose(rotation.generator.matrix(), np.kron(projector, y / 2), atol=1e-15)
    np.testing.assert_allclose(phase.generator.matrix(), -qt.projector("111").matrix())


def test_gates_of_the_table_are_used_for_controls():
    text = "ctrl @ x q[0], q[1]; ctrl(2) @ x q[0], q[1], q[2]; ctrl @ rz(0.1) q[1], q[2]; ctrl @ gphase(0.2) q[0]; " \
           "ctrl @ s q[0], q[1]; ctrl @ h q[0], q[1]; ctrl @ swap q[0], q[1], q[2];"  # fmt: skip
    names = [one.name for one in after_head(text)]
    assert names == ["cx", "ccx", "crz", "phase", "cp", "ry", "cz", "ry", "cx", "ccx", "cx"]


def test_controls_on_zero_flip_their_qubit_once():
    circuit = after_head("gate g a { h a; x a; s a; } negctrl @ g q[1], q[0];")
    assert [one.name for one in circuit] == ["x", "ry", "cz", "ry", "cx", "cp", "x"]


def test_the_built_in_gate_has_the_phase_of_the_specification():
    """Under a control, where it shows; of the include's u3 the specification says that its determinant is 1."""
    a, b, c = 0.7, 0.3, -1.1
    u3 = qt.Circuit(1).u3(a, b, c, 0).matrix()
    for name, phase in (("U", a / 2), ("u3", -(b + c) / 2)):
        circuit = read(f'include "stdgates.inc"; qubit[2] q; ctrl @ {name}({a}, {b}, {c}) q[0], q[1];')
        block = circuit.matrix()[2:, 2:]
        np.testing.assert_allclose(block, np.exp(1j * phase) * u3, atol=1e-14)


def test_relative_phase_gates_of_qelib1():
    """Their matrices as the literature has them: a Toffoli gate up to phases of some basis states (arXiv:1508.03273)."""
    rccx = read(OLD + "rccx q[0], q[1], q[2];").matrix()
    expected = qt.Circuit(3).ccx(0, 1, 2).matrix() * np.diag([1, 1, 1, 1, 1, -1, 1, 1])
    expected[6:, 6:] = [[0, -1j], [1j, 0]]
    expected *= rccx[0, 0]
    np.testing.assert_allclose(rccx, expected, atol=1e-14)
    four = 'include "qelib1.inc"; qreg q[4];'
    cccx = read(four + "c3x q[0], q[1], q[2], q[3];").matrix()
    np.testing.assert_allclose(cccx / cccx[0, 0], np.eye(16)[[*range(14), 15, 14]], atol=1e-12)
    rcccx = read(four + "rc3x q[0], q[1], q[2], q[3];").matrix()
    np.testing.assert_allclose(np.abs(rcccx), np.abs(cccx), atol=1e-12)
    root = read(four + "c3sqrtx q[0], q[1], q[2], q[3];").matrix()
    np.testing.assert_allclose(root @ root / root[0, 0] ** 2, cccx / cccx[0, 0], atol=1e-12)


def test_global_phases_are_dropped_unless_controlled():
    assert len(after_head("gphase(0.3); inv @ gphase(0.2); U(0.1, 0.2, 0.3) q[0];")) == 1
    assert [one.name for one in after_head("gate g a { gphase(0.3); } ctrl @ g q[0], q[1]; g q[0];")] == [
        "phase"
    ]
    assert len(read("OPENQASM 2.0; qreg q[1]; gphase(0.3) ;")) == 0


def test_powers():
    assert list(after_head("pow(3) @ rx(0.1) q[0];")) == [qt.Instruction("rx", 0, 3 * 0.1)]
    assert [one.name for one in after_head("pow(-2) @ s q[0]; pow(0) @ x q[0];")] == ["sdg", "sdg"]


# Statements.


def test_measurements_at_the_end_are_reported_and_left_out():
    circuit = after_head(
        "bit[3] c; h q; barrier q; c[0] = measure q[2]; measure q[0] -> c[1]; x q[1]; measure q;"
    )
    assert circuit.measured_qubits == (2, 0, 1)
    assert [one.name for one in circuit] == ["h", "h", "h", "x"]
    assert after_head("x q[0];").measured_qubits == ()


def test_what_does_nothing_to_a_state_is_left_out():
    text = "pragma anything\n@note here\nbox { delay[10ns] q[0]; x q[0]; } "
    text += "duration d = 5ns; delay[d] q; barrier; { y q[1]; }"
    assert [one.name for one in after_head(text)] == ["x", "y"]


def test_hardware_qubits():
    circuit = read("h $2; cx $2, $0;")
    assert circuit.n_qubits == 3
    assert circuit[1].qubits == (2, 0)


def test_integers_divide_as_integers_in_version_3_alone():
    assert after_head("rx(7/2) q[0]; rx(7/2.0) q[0]; rx(-7/2) q[0];")[0:3] == qt.Circuit(3).rx(3, 0).rx(
        3.5, 0
    ).rx(-3, 0)
    assert read(OLD + "rx(7/2) q[0];")[0].angles == (3.5,)


def test_words_of_version_3_are_names_in_version_2():
    text = (
        OLD
        + "qreg input[2]; creg bit[2]; gate box(angle) in { rx(2*angle^2) in; } box(3) input[1]; measure input -> bit;"
    )
    circuit = read(text)
    assert list(circuit) == [qt.Instruction("rx", 4, 18.0)]
    assert circuit.measured_qubits == (3, 4)


def test_a_file_is_read(tmp_path, monkeypatch):
    path = tmp_path / "mine.qasm"
    path.write_text("\ufeff" + HEAD + "rx(0.1) q[0];", encoding="utf-8")
    assert read(path) == read(str(path)) == after_head("rx(0.1) q[0];")
    path.write_text(HEAD + "foo q;")
    with pytest.raises(qt.QasmError, match=r"mine\.qasm, line 4, column 1: the gate foo") as caught:
        read(path)
    assert caught.value.path == str(path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.line, again.column, again.path) == (str(caught.value), 4, 1, str(path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(qt.QasmError, match="the gate foo"):
        read("~/mine.qasm")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(qt.QasmError, match="not UTF-8"):
        read(path)
    with pytest.raises(
        qt.FileError, match=r"missing.qasm' cannot be read as a file \(No such file or directory\), and"
    ):
        read(tmp_path / "missing.qasm")
    with pytest.raises(qt.FileError, match="is no program"):
        read("no program\0")


# Refusals.


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("rx(0.1 q;", 8, "'q' is not expected here"),
        ("x q[0]", 7, "the text ends in the middle of a statement"),
        ("x q[0]; }", 9, "'}' is not expected here"),
        ("x q[0]; #", 9, "'#' is no symbol"),
        ('x q[0]; "', 9, "is no symbol"),
        ("x q[0];\n  reset q;", 3, "reset is not read"),
        ("if (true) x q[0];", 1, "if is not read"),
        ("while (true) { x q[0]; }", 1, "while is not read"),
        ("switch (1) { case 1 { x q[0]; } }", 1, "switch is not read"),
        ("for int i in [0:1] { break; }", 22, "break is not read"),
        ("end;", 1, "end is not read"),
        ("cal {}", 1, "cal is not read"),
        ("extern f(int) -> int;", 1, "extern is not read"),
        ("measure q[0]; x q[0];", 15, "on qubit 0 after its measurement in line 4"),
        ("bit c = measure q[1]; cx q[0], q[1];", 23, "on qubit 1 after its measurement in line 4"),
        ("bit c = measure q[1]; if (c) x q[0];", 23, "if is not read"),
        ("bit c = measure q[1]; rx(c) q[0];", 26, "c is a bit, whose value"),
        ("def f(qubit a) -> bit { return measure a; } f(q[0]);", 32, "measure in a subroutine"),
        ("opaque g(t) a;", 1, "opaque declares a gate without saying"),
        ('include "mine.inc";', 1, 'include "mine.inc" is not read; stdgates.inc and qelib1.inc are'),
        ("input array[float[64], 3] w;", 1, "input array w is not read; declare an input for each entry"),
        ("foo q[0];", 1, "the gate foo is not defined"),
        ("gate g a { foo a; }", 12, "the gate foo is not defined"),
        ("gate g a { g a; }", 12, "the gate g is not defined"),
        ("gate g a { x b; } g q[0];", 14, "b is not declared as qubits"),
        ("gate g a { x q[0]; } g q[0];", 14, "q is not declared as qubits"),
        ("gate g(a) a { x a; }", 1, "two arguments of one name"),
        ("input float w; rx(sin(w)) q[0];", 19, "an angle of rx: sin of an input is no angle"),
        ("input float w; rx(w*w) q[0];", 19, "an angle of rx: this product of inputs is no angle"),
        ("input float w; rx(w*1e300*1e300) q[0];", 19, "an angle of rx: .* overflows"),
        ("input float w; rx(w/0) q[0];", 19, "an angle of rx: the divisor is 0"),
        ("input float w; rx(1/w) q[0];", 19, "an angle of rx: / of inputs is no angle"),
        ("input float w; rx(w**3) q[0];", 19, r"an angle of rx: \*\* of inputs is no angle"),
        ("input float w; rx(w < 1) q[0];", 19, "an angle of rx: < of inputs"),
        ("gate g(t) a { rx(t*t) a; } input float w; g(w) q[0];", 18, "an angle of rx: this product"),
        ("input int n; rx(n) q[0];", 17, "n is an input of type int; float and angle are read"),
        ("input float w; const int n = w;", 16, "an angle with inputs cannot become a value of type int"),
        ("input float w; x q[w];", 20, "an index is an angle with inputs; an integer is expected"),
        ("x q[3];", 3, "index 3 of a register of 3 qubits"),
        ("x q[-4];", 3, "index -4 of a register of 3 qubits"),
        ("x q[0.5];", 5, "an index is 0.5; an integer is expected"),
        ("x q[0][0];", 3, "a single qubit has no index"),
        ("x q[0:5];", 5, "a range of 6 in a register of 3 qubits"),
        ("x q[0:0:1];", 5, "a range with step 0"),
        ("x r;", 3, "r is not declared as qubits"),
        ("x pi;", 3, "pi is not declared as qubits"),
        ("rx(q) q[0];", 4, "an angle of rx: q names qubits"),
        ("rx(u) q[0];", 4, "an angle of rx: u is not declared"),
        ("rx(1/0) q[0];", 4, "an angle of rx: this expression has no value"),
        ("rx(sqrt(-1)) q[0];", 4, "an angle of rx: this expression has no value"),
        ("rx(1e999) q[0];", 4, "this number is inf"),
        ("rx(2**2**2**2**2**2) q[0];", 4, "this expression has no value"),
        ("rx(1 << 100) q[0];", 4, "a shift by 100 bits"),
        ("rx(123456789012345678901) q[0];", 4, "more than 64 bits"),
        ("rx(foo(1)) q[0];", 4, "there is no function foo"),
        ("rx(1im) q[0];", 4, "ImaginaryLiteral has no place"),
        ("rx q[0];", 1, "rx takes 1 angles, 0 are given"),
        ("x q[0], q[1];", 1, "x takes 1 qubits, 2 are given"),
        ("ctrl(3) @ x q[0], q[1];", 1, "x takes 4 qubits, 2 are given"),
        ("ctrl(0) @ x q[0];", 1, r"ctrl\(0\); 1 to 128 controls"),
        ("cx q[0], q[0];", 1, "cx acts on a qubit twice"),
        ("ctrl @ x q[1], q[1];", 1, "x acts on a qubit twice"),
        ("cx q, q[0:1];", 1, "registers of 2 and 3 qubits in one call"),
        ("pow(1/2) @ x q[0];", 1, r"pow\(0.5\); only integers are read"),
        ("input float w; pow(w) @ x q[0];", 16, r"pow\(an input\); only integers"),
        ("qubit q;", 1, "q is declared twice"),
        ("qubit[0] r;", 1, "a register of 0 qubits"),
        ("qubit[126] r;", 1, "129 qubits; 128 are the limit"),
        ("x $0;", 3, "a hardware qubit beside declared ones"),
        ("float f; rx(f) q[0];", 13, "f is without a value"),
        ("const int n = 1; n = 2;", 18, "n is no variable"),
        ("array[int, 2] a = {1, 2};", 1, "array a is not read"),
        ("f(q[0]);", 1, "the subroutine f is not defined"),
        ("def f(qubit a) { x a; } f(q);", 27, "a takes one qubits"),
        ("def f(qubit a) { x a; } f();", 25, "f takes 1 arguments, 0 are given"),
        ("let a = q ++ q[0:0];", 9, "a qubit stands twice in a concatenation"),
        ("def f(qubit a) { f(a); } f(q[0]);", 18, "subroutines call one another more than 50 deep"),
        ("gate g a { reset a; }", 12, "reset"),
        ("rx(0.1) 5;", 9, "is not expected here"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_its_place(text, column, message, capfd):
    with pytest.raises(qt.QasmError, match=message) as caught:
        after_head(text)
    assert caught.value.column == column
    assert caught.value.line == LINE + text.count("\n")
    assert str(caught.value).startswith(f"line {caught.value.line}, column {column}: ")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("index", ["[-1]", "[-2:-1]", "[{0, -1}]"])
def test_only_version_3_counts_from_the_end(index):
    three = f"qubit[3] q; x q{index};"
    assert len(qt.Circuit.from_qasm('OPENQASM 3.0;\ninclude "stdgates.inc";\n' + three)) > 0
    two = f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\nx q{index};'
    with pytest.raises(qt.QasmError, match=r"index -[12] of a register of 3 qubits; OpenQASM 2 counts none"):
        qt.Circuit.from_qasm(two)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the text has no statements"),
        ("// a comment\n", "the text has no statements"),
        ("OPENQASM 3.0;", "the program declares no qubits"),
        ("OPENQASM 4.0; qubit q;", "this is OpenQASM 4.0; versions 2 and 3 are read"),
        ("x $199;", "200 qubits; 128 are the limit"),
    ],
)
def test_what_is_no_circuit(text, message):
    with pytest.raises(qt.QasmError, match=message):
        read(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"free": "all"}, "free is 'all'; None and \"rotations\" are possible"),
        ({"features": "x"}, "a list of names"),
        ({"features": (1,)}, "a list of names"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(qt.QTangentError, match=message):
        after_head("x q[0];", **options)
    with pytest.raises(qt.QTangentError, match="neither a program nor a path"):
        read(5)


def test_without_the_package_an_error_names_it():
    code = """
import sys
sys.modules["openqasm3"] = None
import qtangent as qt
try:
    qt.Circuit.from_qasm("qubit q;")
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "./python[qasm]" in a clone' in done.stdout


def test_the_package_is_imported_when_it_is_used():
    code = "import sys, qtangent; print([name for name in sys.modules if name.startswith(('openqasm3', 'antlr4'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
