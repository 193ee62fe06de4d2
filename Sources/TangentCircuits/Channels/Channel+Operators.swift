import Glibc
import TangentNumerics

extension Channel {
  /// The probabilities of Pauli strings as an observable, the identity with what remains, and of a depolarising channel, whose
  /// other strings are as likely, that of the identity alone; nil for Kraus operators.
  public func mixtureOfStrings() throws(TangentError) -> Observable? {
    switch form {
    case .kraus: return nil
    case .pauli: return try .sum(of: mixture, register: qubitCount)
    case .depolarizing(let kept):
      let unchanged = kept + (1 - kept) * exp2(-2 * Double(qubitCount))
      return try .sum(of: [PauliTerm(unchanged, .identity)], register: qubitCount)
    }
  }

  /// What the channel leaves of a Pauli string, E(P) = factor P; nil for Kraus operators.
  public func factor(of string: PauliString) -> Double? {
    switch form {
    case .depolarizing(let kept): string == .identity ? 1 : kept
    case .pauli(let terms):
      // 1 - 2 p of the strings that anticommute
      terms.reduce(1) { $1.string.commutes(with: string) ? $0 : $0 - 2 * $1.coefficient }
    case .kraus: nil
    }
  }

  /// How many operators `krausOperators` gives.
  public var operatorCount: Int {
    switch form {
    case .depolarizing: 1 << (2 * min(qubitCount, 31))
    case .pauli(let terms): 1 + terms.count
    case .kraus(let operators): operators.count
    }
  }

  /// Operators with rho -> sum_k K_k rho K_k^dagger; of a mixture of Pauli strings the identity first.
  /// - Throws: `outOfMemory` beyond `maximumKrausQubits`.
  public func krausOperators() throws(TangentError) -> [ComplexMatrix] {
    if case .kraus(let operators) = form { return operators }
    try requireSmall("Kraus operators")
    return mixture.map { term in
      var matrix = ComplexMatrix(rows: 1 << qubitCount, columns: 1 << qubitCount)
      matrix.add(PauliTerm(max(0, term.coefficient).squareRoot(), term.string))
      return matrix
    }
  }

  /// The probabilities of all strings, the identity first, for what is a mixture of them.
  private var mixture: [PauliTerm] {
    switch form {
    case .kraus: return []
    case .pauli(let terms):
      return [PauliTerm(1 - terms.reduce(0) { $0 + $1.coefficient }, .identity)] + terms
    case .depolarizing(let kept):
      let d = QubitMask(1) << QubitMask(qubitCount)
      let each = (1 - kept) / Double(d * d)
      return (0..<d).flatMap { x in
        (0..<d).map { z in
          PauliTerm(x == 0 && z == 0 ? kept + each : each, PauliString(x: x, z: z))
        }
      }
    }
  }

  /// T_ab = tr(P_a E(P_b))/2^n, (4^n, 4^n) row-major: Pauli strings by their digits I, X, Y, Z = 0 to 3 in base 4, the
  /// first qubit's the most significant.
  /// - Throws: `outOfMemory` beyond `maximumKrausQubits`.
  public func transferMatrix() throws(TangentError) -> [Double] {
    try requireSmall("the transfer matrix")
    switch form {
    case .kraus(let operators): return PauliDigits.transferMatrix(operators)
    case .depolarizing, .pauli:
      let size = 1 << (2 * qubitCount)
      var result = [Double](repeating: 0, count: size * size)
      for a in 0..<size {
        result[a * size + a] = factor(of: PauliDigits.string(a, qubitCount: qubitCount)) ?? 0
      }
      return result
    }
  }

  /// What the channel does on average, for any number of qubits: `twirl` the mean of the diagonal of the transfer matrix T
  /// without its first entry, `unitarity` the mean over its columns but the first of their squared norms,
  /// `displacement` the squared norm of the first column without its first entry.
  public func averages() throws(TangentError) -> (twirl: Double, unitarity: Double, displacement: Double) {
    let size = exp2(2 * Double(qubitCount))
    switch form {
    case .depolarizing(let kept): return (kept, kept * kept, 0)
    case .pauli(let terms):
      // T is diagonal: its sum is 4^n times the probability of the identity, that of its squares 4^n times those of all.
      let moved = terms.reduce(0) { $0 + $1.coefficient }
      let squares = terms.reduce((1 - moved) * (1 - moved)) { $0 + $1.coefficient * $1.coefficient }
      return (1 - moved * size / (size - 1), (size * squares - 1) / (size - 1), 0)
    case .kraus:
      let matrix = try transferMatrix()
      let width = 1 << (2 * qubitCount)
      var (diagonal, squares, displacement) = (0.0, 0.0, 0.0)
      for row in 1..<width {
        diagonal += matrix[row * width + row]
        displacement += matrix[row * width] * matrix[row * width]
        for column in 1..<width { squares += matrix[row * width + column] * matrix[row * width + column] }
      }
      return (diagonal / (size - 1), squares / (size - 1), displacement)
    }
  }

  /// The channel with its Kraus operators K replaced by P^dagger K P for an X string P; mixtures of strings stay.
  func mappingOperators(_ turned: (ComplexMatrix) -> ComplexMatrix) -> Channel {
    guard case .kraus(let operators) = form else { return self }
    return Channel(qubitCount: qubitCount, form: .kraus(operators.map(turned)), label: label)
  }

  private func requireSmall(_ what: String) throws(TangentError) {
    guard qubitCount <= Channel.maximumKrausQubits else {
      throw TangentError(
        .outOfMemory,
        "\(what) of \(label) on \(qubitCount) qubits; \(Channel.maximumKrausQubits) are the limit")
    }
  }
}
