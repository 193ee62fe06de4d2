"""The XXZ chain in a field that the phases of one sample were found on."""

from __future__ import annotations

import qtangent as qt


def xxz(n: int = 6, anisotropy: float = 2.0, field: float = 2.0) -> qt.Observable:
    """sum XX + YY - J ZZ over the bonds of the open chain, and the field on Z: on six qubits the levels begin at -22 and
    -15.06, tr O^2 = 3456, tr O^3 = -11520."""

    def on(letters: str, first: int) -> qt.Observable:
        return qt.pauli("I" * first + letters + "I" * (n - first - len(letters)))

    parts = [field * on("Z", q) for q in range(n)]
    for q in range(n - 1):
        parts += [on("XX", q), on("YY", q), -anisotropy * on("ZZ", q)]
    return sum(parts[1:], start=parts[0])
