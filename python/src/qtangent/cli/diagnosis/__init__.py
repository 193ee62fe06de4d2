"""`qtangent diagnose`: will it train, how fast, and why not?"""

from .flags import add_parser

__all__ = ["add_parser"]
