import TangentNumerics

extension Ansatz {
  /// Which neighbours an entangling layer couples.
  public enum Topology: Int32, Sendable, CaseIterable {
    /// (q, q+1) for every q, the last with the first; one pair on two qubits.
    case ring = 0
    /// (q, q+1) for q < n-1.
    case chain = 1
    /// Every pair q < r.
    case full = 2

    func pairs(_ n: Int) -> [(Int, Int)] {
      switch self {
      case .ring: n > 2 ? (0..<n).map { ($0, ($0 + 1) % n) } : Topology.chain.pairs(n)
      case .chain: (0..<(n - 1)).map { ($0, $0 + 1) }
      case .full: (0..<n).flatMap { q in ((q + 1)..<max(n, q + 1)).map { (q, $0) } }
      }
    }
  }

  /// `layers` times: every rotation on every qubit, then the entangler on every pair of the topology.
  ///
  /// Parameter (layer * n + qubit) * rotations.count + rotation.
  /// - Throws: on a rotation that is not a one-qubit gate with one angle or an entangler that is not a fixed two-qubit gate.
  public static func hardwareEfficient(
    qubitCount n: Int, layers: Int, rotations: [Gate] = [.ry, .rz], entangler: Gate = .cz,
    topology: Topology = .ring
  ) throws(TangentError) -> Circuit {
    guard layers >= 1 else { throw .invalid("\(layers) layers; at least 1 is needed") }
    guard !rotations.isEmpty else { throw .invalid("no rotations were given; at least one is needed") }
    for gate in rotations where gate.definition.qubitCount != 1 || gate.definition.angleCount != 1 {
      throw .invalid("\(gate.rawValue) is not a one-qubit rotation; use rx, ry, rz or phase")
    }
    guard entangler.definition.qubitCount == 2, entangler.definition.angleCount == 0 else {
      throw .invalid("\(entangler.rawValue) is not a fixed two-qubit gate; use cz, cx, cy, swap or iswap")
    }
    var circuit = try Circuit(qubitCount: n)
    guard layers <= (Angle.maximumIndex + 1) / (n * rotations.count) else {
      throw .invalid("\(layers) layers need more than \(Angle.maximumIndex + 1) parameters")
    }
    for layer in 0..<layers {
      for qubit in 0..<n {
        for (k, gate) in rotations.enumerated() {
          let parameter = (layer * n + qubit) * rotations.count + k
          try circuit.append(gate, qubits: [qubit], angles: [.parameter(parameter)])
        }
      }
      for (a, b) in topology.pairs(n) { try circuit.append(entangler, qubits: [a, b]) }
    }
    return circuit
  }
}
