import TangentNumerics

/// The Hermitian generator G of exp(-i angle G) on the whole register.
public enum Generator: Sendable, Equatable {
  /// |1..1><1..1| on the qubits of the mask `controls`, times a real sum of Pauli strings on the others.
  case paulis([PauliTerm], controls: QubitMask)
  /// A dense Hermitian matrix on some qubits, the first on the most significant index.
  case dense(ComplexMatrix, qubits: [Int])

  /// The generator as a plain sum of Pauli strings on the register.
  public func paulis(register n: Int) -> [PauliTerm] {
    switch self {
    case .paulis(let terms, var controls):
      var result = terms
      while controls != 0 {
        let bit = controls & (~controls &+ 1)
        controls ^= bit
        // |1><1| = (1 - Z)/2
        result = result.flatMap {
          [
            PauliTerm($0.coefficient / 2, $0.string),
            PauliTerm(-$0.coefficient / 2, PauliString(x: $0.string.x, z: $0.string.z | bit)),
          ]
        }
      }
      return result
    case .dense(let matrix, let qubits):
      return Generator.pauliExpansion(matrix, qubits: qubits, register: n)
    }
  }

  /// tr G and tr G^2 over the register, divided by its dimension 2^n.
  func normalisedTraces(register n: Int) -> (first: Double, second: Double) {
    switch self {
    case .paulis: return Generator.normalisedTraces(paulis(register: n))
    case .dense(let matrix, _):
      let d = Double(matrix.rows)
      let second = zip(matrix.re, matrix.im).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }
      return (matrix.trace.re / d, second / d)
    }
  }

  static func normalisedTraces(_ terms: [PauliTerm]) -> (first: Double, second: Double) {
    var sums: [PauliString: Double] = [:]
    for term in terms { sums[term.string, default: 0] += term.coefficient }
    return (sums[.identity] ?? 0, sums.values.sorted().reduce(0) { $0 + $1 * $1 })
  }

  /// The largest modulus of an eigenvalue. A sum of many non-commuting strings on more than 10 qubits gets the
  /// bound sum |coefficient| instead.
  public func operatorNorm() throws(TangentError) -> Double {
    switch self {
    case .dense(let matrix, _):
      return try HermitianEigen(matrix).values.map(abs).max() ?? 0
    case .paulis(let terms, _):
      // The controls only restrict to a subspace on which the sum acts as it is.
      if terms.count == 1 { return abs(terms[0].coefficient) }
      let used = terms.reduce(0) { $0 | $1.string.support }
      let n = max(1, QubitMask.bitWidth - used.leadingZeroBitCount)
      let sum = Observable(qubitCount: n, paulis: terms, projectors: [], dense: nil).restrictedToSupport
      guard sum.qubitCount <= 10 else { return terms.reduce(0) { $0 + abs($1.coefficient) } }
      return try HermitianEigen(sum.matrix()).values.map(abs).max() ?? 0
    }
  }

  /// H = sum_P tr(P H)/d P for every string P on the matrix's qubits.
  private static func pauliExpansion(
    _ matrix: ComplexMatrix, qubits: [Int], register n: Int
  ) -> [PauliTerm] {
    let d = QubitMask(matrix.rows)
    let bits = qubits.map { n - 1 - $0 }
    var result: [PauliTerm] = []
    for x in 0..<d {
      for z in 0..<d {
        let sum = PauliDigits.trace(PauliString(x: x, z: z), matrix)
        if sum != 0 {
          result.append(
            PauliTerm(sum / Double(d), PauliString(x: Bits.spread(x, to: bits), z: Bits.spread(z, to: bits))))
        }
      }
    }
    return result
  }
}
