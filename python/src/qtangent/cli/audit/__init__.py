"""`qtangent audit`: was this circuit tampered with?"""

from .flags import add_parser

__all__ = ["add_parser"]
