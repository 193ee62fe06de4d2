"""What should be changed?"""

from .section import advice

__all__ = ["advice"]
