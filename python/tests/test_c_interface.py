"""The header, the exported symbols, the C examples, and the fuzz of every function."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import qtangent as qt
from qtangent import _native
from qtangent._signatures import SIGNATURES
from trust.boundary import fuzzed

ROOT = Path(__file__).parents[2]
BINDINGS = ROOT / "bindings"
EXAMPLES = sorted((BINDINGS / "examples").glob("*.c"))


def linked(library):
    """Found where it lies, whatever its SONAME."""
    return [library, f"-Wl,-rpath,{library.parent}"]


LIBRARY = linked(_native.library_path())
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{BINDINGS / 'include'}"]
COMPILERS = [
    compiler
    for compiler in (["gcc", "-std=c99"], ["gcc", "-std=c11"], ["clang", "-std=c11"])
    if shutil.which(compiler[0])
]


def scratch():
    """Where the library was last built in this checkout, for whatever CPU level."""
    headers = ROOT.glob(".build*/*/release/TangentCAPI.build/include/TangentCAPI-Swift.h")
    if newest := max(headers, key=lambda header: header.stat().st_mtime, default=None):
        return newest.parents[4]
    return pytest.skip("the library was not built in this checkout")


def test_nothing_generated_is_out_of_date():
    command = [sys.executable, BINDINGS / "generate.py", "--check", "--scratch-path", scratch()]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_gate_methods_and_their_page_follow_from_the_table():
    specification = importlib.util.spec_from_file_location("gates", BINDINGS / "gates.py")
    gates = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(gates)
    for path, text in gates.outputs(_native.library_path(), ROOT).items():
        assert path.read_text() == text, f"{path} is out of date; run bindings/generate.py"


def test_exported_symbols_are_the_listed_ones():
    abi = json.loads((BINDINGS / "abi.json").read_text())
    assert set(abi["functions"]) == set(SIGNATURES)
    assert abi["handlers"] == ["qtg_xla_call"]
    listed = {*abi["functions"], *abi["handlers"]}
    for library in {_native.library_path(), *Path(qt.__file__).parent.rglob("lib/**/libqtangent*")}:
        listing = subprocess.run(
            ["nm", "-D", "--extern-only", "--defined-only", library],
            capture_output=True,
            text=True,
            check=True,
        )
        assert {line.split()[-1] for line in listing.stdout.splitlines()} == listed
        needed = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
        assert "swift" not in needed.lower()


def test_every_function_says_since_when(tmp_path):
    abi = json.loads((BINDINGS / "abi.json").read_text())["functions"]
    header = (BINDINGS / "include/qtangent.h").read_text()
    told = {
        name: since
        for since, name in re.findall(r"^/// @since (.+)\n\w.*?\b(qtg_\w+)\(", header, re.MULTILINE)
    }
    assert told == {name: function["since"] for name, function in abi.items()}
    current = [int(number) for number in qt.__version__.split(".")[:2]]
    assert all([int(number) for number in since.split(".")] <= current for since in told.values())


def test_struct_layouts_agree_with_the_compiler(tmp_path):
    """ctypes' idea of every struct against the C compiler's."""
    import ctypes

    from qtangent import _signatures

    structs = json.loads((BINDINGS / "abi.json").read_text())["structs"]
    lines = [f'printf("%zu\\n", sizeof({name}));' for name in structs]
    lines += [f'printf("%zu\\n", offsetof({name}, {field}));' for name in structs for field in structs[name]]
    source = tmp_path / "layout.c"
    body = "\n".join(lines)
    source.write_text(
        f'#include <stddef.h>\n#include <stdio.h>\n#include "qtangent.h"\nint main(void) {{ {body} return 0; }}'
    )
    subprocess.run(["gcc", *STRICT, source, "-o", tmp_path / "layout"], check=True)
    found = subprocess.run([tmp_path / "layout"], capture_output=True, text=True, check=True).stdout.split()
    expected = [ctypes.sizeof(getattr(_signatures, name)) for name in structs]
    expected += [
        getattr(getattr(_signatures, name), field).offset for name in structs for field in structs[name]
    ]
    assert [int(number) for number in found] == expected


@pytest.mark.parametrize("compiler", COMPILERS, ids=" ".join)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_compile_and_run(example, compiler, tmp_path):
    binary = tmp_path / example.stem
    subprocess.run([*compiler, *STRICT, example, *LIBRARY, "-lm", "-o", binary], check=True)
    done = subprocess.run([binary], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("standard", ["c++11", "c++17"])
def test_the_header_serves_cpp(standard, tmp_path):
    source = tmp_path / "program.cc"
    source.write_text(
        '#include "qtangent.h"\nint main() { return qtg_abi_version() == QTG_ABI_VERSION ? 0 : 1; }\n'
    )
    binary = tmp_path / "program"
    subprocess.run(["g++", f"-std={standard}", *STRICT, source, *LIBRARY, "-o", binary], check=True)
    subprocess.run([binary], check=True)


@pytest.mark.skipif(not shutil.which("valgrind"), reason="needs valgrind")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_under_valgrind(example, tmp_path):
    """No invalid access and nothing lost. ("Possibly lost" are caches of the Swift runtime's type metadata, which it
    holds by tagged pointers.)"""
    binary = tmp_path / example.stem
    # Valgrind takes AVX-512 for illegal instructions.
    library = Path(str(_native.library_path()).replace("x86-64-v4", "x86-64-v3"))
    subprocess.run(["gcc", "-g", *STRICT, example, *linked(library), "-lm", "-o", binary], check=True)
    command = ["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite,indirect"]
    command += ["--errors-for-leak-kinds=definite,indirect", "--error-exitcode=9", binary]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("seed", "rounds", "threads"), [(0, 120, 1), (1, 40, 4)])
def test_fuzz(seed, rounds, threads):
    """Hostile arguments give status codes, never a signal; and most functions are also reached."""
    statuses = fuzzed(seed, rounds, threads)
    reached = [name for name, counts in statuses.items() if "0" in counts]
    assert len(reached) > 0.85 * len(statuses), set(statuses) - set(reached)
