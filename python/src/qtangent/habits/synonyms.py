"""What other programs call the gates and methods of a circuit, for whoever guesses."""

from __future__ import annotations

# In small letters without underscores. What stands after the colon can follow `circuit.`.
SYNONYMS = {
    "cnot": "cx(control, target)",
    "ccnot, toffoli": "ccx(control, control2, target)",
    "ccz": "h(c).ccx(a, b, c).h(c)",
    "cswap, fredkin": "cx(b, a).ccx(control, a, b).cx(b, a)",
    "hadamard": "h(qubit)",
    "paulix, not": "x(qubit)",
    "pauliy": "y(qubit)",
    "pauliz": "z(qubit)",
    "si, sdag, sadj, sinv": "sdg(qubit)",
    "ti, tdag, tadj, tinv": "tdg(qubit)",
    "v, sqrtx": "sx(qubit)",
    "sxdag, sqrtxdg, vi": "sxdg(qubit)",
    "p, u1, phaseshift": "phase(angle, qubit)",
    "u2": "u3(math.pi / 2, a, b, qubit)",
    "u": "u3(a, b, c, qubit)",
    "rot": "rz(a, qubit).ry(b, qubit).rz(c, qubit)",
    "cu1, cphase, controlledphaseshift": "cp(angle, control, target)",
    "xx, isingxx": "rxx(angle, a, b)",
    "yy, isingyy": "ryy(angle, a, b)",
    "zz, isingzz": "rzz(angle, a, b)",
    "rzx": 'rotation(angle, "ZX", (a, b))',
    "paulirot, paulistring": 'rotation(angle, "XZ", (a, b))',
    "exp, pauliexp, pauliexponential, hamiltonian, trotter, timeevolution": "evolve(angle, generator)",
    "qubitunitary, matrixgate": "unitary(matrix, qubits)",
    "adjoint, dagger": "inverse()",
    "compose, append, extend": "then(other), or a + b for parameters of its own",
    "qubits, numqubits, nwires, numwires, wires, width": "n_qubits",
    "numparams, numparameters, nparameters": "n_params",
    "params, parameters": "parameter_names",
    "numfeatures, features": "feature_names",
    "tomatrix, asmatrix": "matrix(theta, x)",
    "diagram, plot, drawer": "draw()",
}
REMARKS = {
    "data, gates, ops, operations, instructions": "a circuit is itself a sequence of instructions",
    "depth, size": "len(circuit) is the number of instructions",
    "bindparameters, assignparameters": "values go into calls, as in model.predict(theta, X)",
    "measure, measureall, expval, probs": "what is measured is given to qt.Model(circuit, observable)",
    "run, simulate, execute, forward": "qt.Model(circuit, observable) has predict, jacobian and more",
}

_ADVICE = {
    name: words.format(text)
    for table, words in ((SYNONYMS, "use circuit.{}"), (REMARKS, "{}"))
    for names, text in table.items()
    for name in names.split(", ")
}


def advice(name: str, known: type) -> str | None:
    """What to write instead of a name that does not exist; None if nobody knows.

    Args:
        name: the name that was tried.
        known: whose attributes exist.
    """
    plain = name.lower().replace("_", "")
    return f"use circuit.{plain}" if hasattr(known, plain) else _ADVICE.get(plain)
