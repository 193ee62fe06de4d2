"""`qtangent info`: what is installed, what it runs on, and where C programs find it."""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .._native import build_info, library_path
from .._native.errors import FileError
from .flags import Help

_PACKAGES = ("numpy", "scipy", "scikit-learn", "matplotlib", "Jinja2", "tqdm")
_PACKAGE = Path(__file__).resolve().parents[1]
# What an installed package carries besides the library that is loaded.
_CARRIED = {
    "include": "include",
    "pkg-config": "lib/pkgconfig",
    "abi": "abi.json",
    "licenses": "licenses",
}
_EXAMPLES = """\
examples:
  qtangent info
  PKG_CONFIG_PATH=$(qtangent info --paths pkg-config) pkg-config --cflags --libs qtangent
"""


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "info",
        help="print version, CPU level, threads and paths",
        description="Prints versions, the CPU level in use and the number of threads; with --paths where the\n"
        "library, its header, its pkg-config file, the description of its interface and the\n"
        "licences lie.",
        epilog=_EXAMPLES,
        formatter_class=Help,
    )
    parser.add_argument(
        "--paths", nargs="?", const="all", choices=["all", "library", *_CARRIED],
        help="print paths instead: all of them with their names, or one alone (default where nothing follows: all)",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.paths is None:
        for name, value in facts():
            print(f"{name:<14} {value}")
    elif arguments.paths == "all":
        for name, path in paths().items():
            print(f"{name:<14} {path}{'' if path.exists() else ' (missing: the package is not installed)'}")
    else:
        path = paths()[arguments.paths]
        if not path.exists():
            raise FileError(f"{path} is missing: the package is not installed but used from its sources")
        print(path)
    return 0


def paths() -> dict[str, Path]:
    """The library that is loaded, and what the installed package carries for C programs."""
    return {"library": library_path(), **{name: _PACKAGE / file for name, file in _CARRIED.items()}}


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
