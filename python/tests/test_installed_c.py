"""What an installed package carries for C programs: library under its name, header, pkg-config file, licences."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import qtangent as qt
from qtangent._native import levels
from qtangent._signatures import ABI_VERSION

PACKAGE = Path(qt.__file__).parent
BINDINGS = Path(__file__).parents[2] / "bindings"

pytestmark = pytest.mark.skipif(
    not (PACKAGE / "include").exists() or not BINDINGS.exists(),
    reason="needs an installed package, and the repository",
)


def test_header_and_description_are_those_of_the_checkout():
    assert (PACKAGE / "include/qtangent.h").read_bytes() == (BINDINGS / "include/qtangent.h").read_bytes()
    described = json.loads((PACKAGE / "abi.json").read_text())
    assert described == json.loads((BINDINGS / "abi.json").read_text())
    assert described["abi_version"] == ABI_VERSION


def test_licences_of_all_that_is_linked_in():
    texts = {path.name: path.read_text() for path in (PACKAGE / "licenses").iterdir()}
    table = texts.pop("README.md")
    assert set(texts) >= {"QTangent.txt", "Swift.txt", "XLA.txt"}
    assert all(f"`{name}`" in table for name in texts)
    assert "Runtime Library Exception" in texts["Swift.txt"]


@pytest.mark.skipif(not shutil.which("readelf"), reason="needs readelf")
def test_every_library_carries_the_name_of_its_interface():
    built = [
        path
        for level in levels.LEVELS
        if (path := PACKAGE / "lib" / levels.library_file(level, ABI_VERSION)).exists()
    ]
    assert built
    for library in built:
        told = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
        assert f"Library soname: [{levels.soname(ABI_VERSION)}]" in told
        # Beside the C and C++ libraries of the system nothing: the Swift runtime is inside.
        needed = {line.split("[")[1].rstrip("]") for line in told.splitlines() if "(NEEDED)" in line}
        assert {name.split(".so")[0] for name in needed} <= {
            "libc", "libm", "libdl", "libpthread", "libstdc++", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64",
        }  # fmt: skip


@pytest.mark.skipif(
    not shutil.which("pkg-config") or not shutil.which("cc"), reason="needs pkg-config and cc"
)
def test_a_c_program_finds_the_library_by_pkg_config(tmp_path):
    environment = {"PKG_CONFIG_PATH": str(PACKAGE / "lib/pkgconfig"), "PATH": "/usr/bin:/bin"}
    asked = [shutil.which("pkg-config"), "--cflags", "--libs", "qtangent"]
    flags = subprocess.run(asked, capture_output=True, text=True, check=True, env=environment).stdout.split()
    binary = tmp_path / "jacobian"
    subprocess.run(["cc", BINDINGS / "examples/jacobian.c", *flags, "-lm", "-o", binary], check=True)
    done = subprocess.run([binary], capture_output=True, text=True, env={})
    assert done.returncode == 0, done.stderr
    assert done.stdout
