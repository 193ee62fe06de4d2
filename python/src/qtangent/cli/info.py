"""`qtangent info`: what is installed and what it runs on."""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .._native import build_info

_PACKAGES = ("numpy", "scipy", "scikit-learn", "matplotlib", "Jinja2", "tqdm")


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("info", help="print version, CPU level and threads")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    for name, value in facts():
        print(f"{name:<14} {value}")
    return 0


def facts() -> list[tuple[str, str]]:
    """Names and values: the library's build, Python, the packages."""
    build = build_info()
    build["memory_limit"] = f"{build['memory_limit'] / 2**30:.1f} GiB"
    found = [(f"library {name}", str(value)) for name, value in build.items()]
    found += [("Python", f"{sys.version.split()[0]} on {platform.platform()}")]
    return found + [(name, _version(name)) for name in _PACKAGES]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
