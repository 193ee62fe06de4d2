"""The installer tells what it does, and a failure ends it; one level is built where one is asked for."""

import platform
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(not (PROJECT / "install.py").exists(), reason="needs the repository")


def narrate(commands, interval=9):
    """Runs each command as a task, in a process of its own so that what is printed can be read."""
    program = f"""
import runpy, sys
install = runpy.run_path("install.py")
tasks = [install["Task"](f"task{{k}}", [command]) for k, command in enumerate({commands!r})]
sys.exit(install["narrate"](tasks, {interval}))
"""
    return subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )


def python(script):
    return [sys.executable, "-c", script]


def test_what_each_task_said_last_is_told_at_every_interval():
    slow = "import time; print('half way', flush=True); time.sleep(1.5)"
    done = narrate([python(slow), python("print('quick')")], interval=0.3)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) >= 3
    assert any("s  task0: half way; task1: " in line for line in lines), done.stdout


def test_a_failure_shows_all_that_was_said_and_ends_the_others():
    failing = "print('first'); print('last'); raise SystemExit(3)"
    done = narrate([python(failing), python("import time; time.sleep(50)")])
    assert done.returncode == 1
    assert "first\nlast\n" in done.stderr
    assert "returned non-zero exit status 3" in done.stderr


def test_a_command_that_does_not_exist_is_a_failure():
    done = narrate([["./no-such"]])
    assert done.returncode == 1
    assert "No such file or directory: './no-such'" in done.stderr


@pytest.mark.skipif(platform.machine() != "x86_64", reason="one level on this machine")
def test_which_levels_are_built():
    wanted = runpy.run_path(str(PROJECT / "build_native.py"))["wanted"]
    every = ["x86-64-v4", "x86-64-v3", "baseline"]
    assert wanted("all") == every
    assert wanted("native") == wanted("here")[:1]
    assert wanted("here") in (every, every[1:], every[2:])
    with pytest.raises(SystemExit, match="built for all, native, here, not for 'v9'"):
        wanted("v9")


def test_pkg_config_leads_to_what_was_built():
    told = runpy.run_path(str(PROJECT / "build_native.py"))["pkg_config"]
    assert "libdir=${prefix}/lib\n" in told("baseline")
    assert "libdir=${prefix}/lib/glibc-hwcaps/x86-64-v3\n" in told("x86-64-v3")
    assert "-l:libqtangent.so." in told("baseline")


def test_other_machines_and_systems_are_known(monkeypatch):
    """As far as that can be told without one."""
    native = runpy.run_path(str(PROJECT / "build_native.py"))
    tag = runpy.run_path(str(PROJECT / "hatch_build.py"))["_platform"]
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert native["wanted"]("all") == ["baseline"]
    assert "-march" not in " ".join(native["swift_build"](PROJECT.parent, "baseline"))

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert native["wanted"]("all") == ["baseline"]
    assert native["built_library"](PROJECT.parent, "baseline").name == "libqtangent.dylib"
    name = f"libqtangent.{native['abi_version'](PROJECT.parent)}.dylib"
    assert native["levels"]()["library_file"]("baseline", native["abi_version"](PROJECT.parent)) == name
    command = " ".join(native["swift_build"](PROJECT.parent, "baseline"))
    assert f"-Xlinker -install_name -Xlinker @rpath/{name}" in command
    assert "exports.darwin" in command
    assert "-static-stdlib" not in command
    assert f"-l{name.removeprefix('lib').removesuffix('.dylib')}\n" in native["pkg_config"]("baseline")
    assert tag() == "macosx_26_0_arm64"


def test_a_level_that_was_not_built_is_named(monkeypatch, tmp_path):
    from qtangent._native import levels, library
    from qtangent._signatures import ABI_VERSION

    built = tmp_path / levels.library_file("x86-64-v3", ABI_VERSION)
    built.parent.mkdir(parents=True)
    built.touch()
    monkeypatch.delenv("QTANGENT_LIBRARY", raising=False)
    remedy = library._remedy(tmp_path)
    assert remedy == "only x86-64-v3 was built; pip install ./python builds every level"
