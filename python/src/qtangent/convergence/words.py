"""Numbers as a reader wants them."""

from __future__ import annotations


def number(value: float, digits: int = 3) -> str:
    """Plain between a thousandth and ten thousand (0.162, 1530), otherwise as 8.01e-7."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{float(f'{value:.{digits}g}'):.10g}"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def percent(share: float) -> str:
    """To three digits."""
    return f"{number(100 * share)} %"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """1 parameter, 2 parameters, 3 minima."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
