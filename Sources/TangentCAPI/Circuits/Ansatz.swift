public import CTangent
internal import TangentCircuits
internal import TangentNumerics

/// layers times: every rotation (gates, enum qtg_gate, n_rotations of them) on every qubit, then the entangler on
/// every pair of the topology (enum qtg_topology). Parameter (layer * n_qubits + qubit) * n_rotations + rotation.
@c(qtg_ansatz_hardware_efficient)
public func ansatzHardwareEfficient(
  _ n_qubits: Int64, _ layers: Int64, _ rotations: UnsafePointer<Int32>?, _ n_rotations: Int64,
  _ entangler: Int32,
  _ topology: Int32, _ result: UnsafeMutablePointer<qtg_circuit>?
) -> Int32 {
  guarded { () throws(TangentError) in
    guard (1...64).contains(n_rotations) else {
      throw .invalid("n_rotations is \(n_rotations), 1 to 64 is expected")
    }
    guard let topology = Ansatz.Topology(rawValue: topology) else {
      throw .invalid("topology is \(topology), 0 (ring), 1 (chain) or 2 (full) is expected")
    }
    var gates: [Gate] = []
    for number in try Arguments.buffer("rotations", rotations, count: Int(n_rotations)) {
      gates.append(try Arguments.gate(number))
    }
    try CircuitBox.store(
      Ansatz.hardwareEfficient(
        qubitCount: Int(n_qubits), layers: Int(layers), rotations: gates,
        entangler: try Arguments.gate(entangler),
        topology: topology), result)
  }
}

/// U_p exp(-i theta_p H) ... U_1 exp(-i theta_1 H) U_0, p = n_params. generator 0 is Pauli Z on qubit 0; unitaries,
/// complex (p + 1, 2^n, 2^n) with U_0 first, are Haar-random by seed if null. cancel: 0 for none.
@c(qtg_ansatz_haar)
public func ansatzHaar(
  _ n_qubits: Int64, _ n_params: Int64, _ generator: qtg_observable, _ seed: UInt64,
  _ unitaries: UnsafePointer<Double>?, _ cancel: qtg_cancel, _ result: UnsafeMutablePointer<qtg_circuit>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    guard (1...Int64(Ansatz.maximumHaarQubits)).contains(n_qubits) else {
      throw .invalid(
        "n_qubits is \(n_qubits), 1 to \(Ansatz.maximumHaarQubits) is possible for Haar unitaries")
    }
    guard (0...Int64(Angle.maximumIndex)).contains(n_params) else {
      throw .invalid("n_params is \(n_params), 0 to \(Angle.maximumIndex) is possible")
    }
    let dimension = Int64(1) << n_qubits
    let entries = Int(dimension * dimension * 2)
    try Memory.require(16 * (Int(n_params) + 1) * entries, "\(n_params + 1) unitaries on \(n_qubits) qubits")
    var matrices: [ComplexMatrix]?
    if let unitaries {
      matrices = []
      for l in 0...Int(n_params) {
        try token?.check()
        matrices?.append(
          try Arguments.matrix("unitaries[\(l)]", unitaries + l * entries, dimension: dimension))
      }
    }
    try CircuitBox.store(
      Ansatz.haar(
        qubitCount: Int(n_qubits), parameterCount: Int(n_params),
        generator: generator == 0 ? nil : try ObservableBox.value(generator), seed: seed, unitaries: matrices,
        cancel: token),
      result)
  }
}

/// layers times exp(-i theta H_k) for each of the n_terms observables; parameter layer * n_terms + k.
@c(qtg_ansatz_hamiltonian_variational)
public func ansatzHamiltonianVariational(
  _ terms: UnsafePointer<qtg_observable>?, _ n_terms: Int64, _ layers: Int64,
  _ result: UnsafeMutablePointer<qtg_circuit>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let terms = try ObservableBox.values(terms, count: n_terms)
    try CircuitBox.store(Ansatz.hamiltonianVariational(terms: terms, layers: Int(layers)), result)
  }
}

extension Arguments {
  static func gate(_ number: Int32) throws(TangentError) -> Gate {
    guard Gate.allCases.indices.contains(Int(number)) else {
      throw .invalid("gate \(number) is not in the gate table, which has \(Gate.allCases.count) gates")
    }
    return Gate.allCases[Int(number)]
  }
}
