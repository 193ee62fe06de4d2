"""Makes a virtual environment with the package and its extras, and says every ten seconds what it is doing.

    python install.py ../.venv study [--levels native]

The library is compiled while the environment is made and pip fetches the packages; pip's own build then finds it there,
or waits for it. The first failure ends all, and all that the failed command said is shown.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
INTERVAL = 10.0
"""Seconds between two reports."""


class Task:
    """Commands that run one after the other beside other tasks."""

    def __init__(self, name: str, commands: Iterable[list[str]], **environment: str) -> None:
        self.name, self.commands = name, commands
        self.environment = {**os.environ, **environment}
        self.said: list[str] = []
        self.status = 0
        self.process: subprocess.Popen[str] | None = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        try:
            for command in self.commands:
                with subprocess.Popen(
                    command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment
                ) as process:
                    self.process = process
                    assert process.stdout is not None
                    self.said.extend(process.stdout)
                if process.returncode:
                    raise subprocess.CalledProcessError(process.returncode, command)
        except (OSError, subprocess.CalledProcessError) as error:
            self.said.append(str(error))
            self.status = 1

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    @property
    def news(self) -> str:
        if not self.thread.is_alive():
            return f"{self.name}: {'failed' if self.status else 'done'}"
        last = self.said[-1].strip() if self.said else "starting"
        return f"{self.name}: {last if len(last) <= 60 else last[:57] + '...'}"


def narrate(tasks: list[Task], interval: float = INTERVAL) -> int:
    """Waits for the tasks and reports on them; the status of the first that fails, which ends all."""
    start = last = time.monotonic()
    while any(task.thread.is_alive() for task in tasks) and not any(task.status for task in tasks):
        for task in tasks:
            task.thread.join(0.1)
        if time.monotonic() - last >= interval:
            last = time.monotonic()
            print(f"{last - start:5.0f} s  " + "; ".join(task.news for task in tasks), flush=True)
    for failed in tasks:
        if failed.status:
            for task in tasks:
                task.stop()
            print("".join(failed.said), file=sys.stderr)
            return failed.status
    return 0


def packages(environment: Path, extras: str) -> Iterator[list[str]]:
    """What makes the environment and installs into it. What the package needs is installed before it, since pip fetches
    nothing while it builds a package."""
    python = environment / "bin/python"
    if not python.exists():
        yield [sys.executable, "-m", "venv", str(environment)]
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    yield [*install, "hatchling"]
    show = subprocess.run(
        [python, "-m", "hatchling", "metadata"], cwd=HERE, stdout=subprocess.PIPE, check=True
    )
    project = json.loads(show.stdout)
    optional = [line for extra in extras.split(",") for line in project["optional-dependencies"][extra]]
    yield [*install, *project["dependencies"], *optional]
    yield [*install, "--no-build-isolation", f"{HERE}[{extras}]"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("environment", type=Path)
    parser.add_argument("extras", help="of pyproject.toml, as in study,sweep")
    parser.add_argument("--levels", default="native", help="of build_native.py")
    arguments = parser.parse_args()
    print("installing: the native library is compiled while pip fetches packages", flush=True)
    return narrate([
        Task("library", [[sys.executable, str(HERE / "build_native.py"), arguments.levels]]),
        Task(
            "packages", packages(arguments.environment.absolute(), arguments.extras),
            QTANGENT_BUILD_LEVELS=arguments.levels, PYTHONUNBUFFERED="1",
        ),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
