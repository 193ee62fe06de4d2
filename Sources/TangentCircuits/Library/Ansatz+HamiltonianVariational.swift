import TangentNumerics

extension Ansatz {
  /// `layers` times exp(-i theta H_k) for every term H_k in turn; parameter layer * terms.count + k.
  /// No initial layer of its own.
  public static func hamiltonianVariational(
    terms: [Observable], layers: Int
  ) throws(TangentError) -> Circuit {
    guard let first = terms.first else { throw .invalid("no terms were given; at least one is needed") }
    guard layers >= 1, layers <= (Angle.maximumIndex + 1) / terms.count else {
      throw .invalid(
        "\(layers) layers; between 1 and \((Angle.maximumIndex + 1) / terms.count) are possible")
    }
    var circuit = try Circuit(qubitCount: first.qubitCount)
    for layer in 0..<layers {
      for (k, term) in terms.enumerated() {
        try circuit.appendEvolution(
          .parameter(layer * terms.count + k), generator: term, qubits: Array(0..<first.qubitCount))
      }
    }
    return circuit
  }
}
