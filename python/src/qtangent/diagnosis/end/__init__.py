"""Where will training end?"""

from .section import end

__all__ = ["end"]
