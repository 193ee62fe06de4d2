import TangentNumerics

extension Encoding {
  /// One rotation a qubit, feature q on qubit q.
  /// - Throws: on a gate that is not a one-qubit rotation.
  public static func angle(qubitCount n: Int, rotation: Gate = .ry) throws(TangentError) -> Circuit {
    guard rotation.definition.qubitCount == 1, rotation.definition.angleCount == 1 else {
      throw .invalid("\(rotation.rawValue) is not a one-qubit rotation; use rx, ry, rz or phase")
    }
    var circuit = try Circuit(qubitCount: n)
    for qubit in 0..<n { try circuit.append(rotation, qubits: [qubit], angles: [.feature(qubit)]) }
    return circuit
  }

  /// The second-order Pauli-Z feature map (Havlicek et al., Nature 567, 209, 2019), `repeats` times:
  /// H and phase(2 x_i) on every qubit, then for every pair i < j: CX, phase(2 (pi - x_i)(pi - x_j)) on j, CX.
  public static func zz(qubitCount n: Int, repeats: Int = 2) throws(TangentError) -> Circuit {
    guard repeats >= 1 else { throw .invalid("\(repeats) repeats; at least 1 is needed") }
    var circuit = try Circuit(qubitCount: n)
    for _ in 0..<repeats {
      for i in 0..<n { try circuit.append(.h, qubits: [i]) }
      for i in 0..<n {
        try circuit.append(.phase, qubits: [i], angles: [Angle(terms: [.init(2, .feature(i))])])
      }
      for i in 0..<n {
        for j in (i + 1)..<max(n, i + 1) {
          let pi = Double.pi
          // 2 (pi - x_i)(pi - x_j)
          let angle = Angle(
            constant: 2 * pi * pi,
            terms: [
              .init(-2 * pi, .feature(i)), .init(-2 * pi, .feature(j)), .init(2, .featureFeature(i, j)),
            ])
          try circuit.append(.cx, qubits: [i, j])
          try circuit.append(.phase, qubits: [j], angles: [angle])
          try circuit.append(.cx, qubits: [i, j])
        }
      }
    }
    return circuit
  }
}
