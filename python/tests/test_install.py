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
    assert wanted("all") == ["x86-64-v3", "baseline"]
    assert wanted("native") == wanted("here")[:1]
    assert wanted("here") in (["x86-64-v3", "baseline"], ["baseline"])
    with pytest.raises(SystemExit, match="built for all, native, here, not for 'v9'"):
        wanted("v9")


def test_a_level_that_was_not_built_is_named(monkeypatch, tmp_path):
    from qtangent._native import library

    (tmp_path / "libqtangent-x86-64-v3.so").touch()
    monkeypatch.delenv("QTANGENT_LIBRARY", raising=False)
    remedy = library._remedy(tmp_path / "libqtangent-baseline.so")
    assert remedy == "only x86-64-v3 was built; pip install ./python builds every level"
