import Glibc
import TangentNumerics

/// A quantum channel on some qubits, rho -> E(rho): completely positive, and it keeps the trace. What noise does to
/// qubits, or a reset.
public struct Channel: Sendable, Equatable {
  public enum Form: Sendable, Equatable {
    /// rho -> kept rho + (1 - kept) tr(rho) 1/d.
    case depolarizing(kept: Double)
    /// Every string acts with its probability, the coefficient, and the identity with what remains.
    case pauli([PauliTerm])
    /// rho -> sum_k K_k rho K_k^dagger, the first qubit on the most significant index.
    case kraus([ComplexMatrix])
  }

  public let qubitCount: Int
  public let form: Form
  /// What drawings and messages call the channel, such as "depolarizing(0.01)".
  public let label: String

  /// Channels given by Kraus operators stop here: their transfer matrix has 16^n entries.
  public static let maximumKrausQubits = 4

  /// How far sum_k K_k^dagger K_k may be from 1.
  public static let traceTolerance = 1e-10

  /// How far probabilities may leave [0, 1] by rounding.
  static let probabilityTolerance = 1e-12

  /// Every Pauli string but the identity is left with the factor `kept`.
  /// - Throws: unless 1 to 128 qubits, and `kept` from -1/(4^n - 1), where the identity has probability 0, to 1.
  public static func depolarizing(
    kept: Double, qubitCount n: Int, label: String
  ) throws(TangentError) -> Channel {
    try validate(qubitCount: n, label)
    let least = -1 / (exp2(2 * Double(n)) - 1)
    guard kept >= least - probabilityTolerance, kept <= 1 + probabilityTolerance else {
      throw .invalid(
        "\(label) keeps \(kept) of a Pauli string on \(n) qubits; a channel keeps \(least) to 1, probabilities are 0 to 1"
      )
    }
    return Channel(qubitCount: n, form: .depolarizing(kept: min(kept, 1)), label: label)
  }

  /// - Parameter mixture: a sum of Pauli strings whose coefficients are their probabilities; the identity takes what
  ///   remains, and its own coefficient, if there is one, must be that.
  /// - Throws: unless the probabilities are in [0, 1] and so is their sum.
  public static func pauli(mixture: Observable, label: String) throws(TangentError) -> Channel {
    try validate(qubitCount: mixture.qubitCount, label)
    guard mixture.dense == nil, mixture.projectors.isEmpty else {
      throw .invalid("\(label) needs probabilities of Pauli strings; projectors and matrices are none")
    }
    for term in mixture.paulis where !(0...(1 + probabilityTolerance)).contains(term.coefficient) {
      let letters = term.string.letters(register: mixture.qubitCount)
      throw .invalid("\(label) has \(letters) with probability \(term.coefficient); 0 to 1 is possible")
    }
    let sum = mixture.paulis.reduce(0) { $0 + $1.coefficient }
    guard sum <= 1 + probabilityTolerance else {
      throw .invalid("the probabilities of \(label) add up to \(sum); at most 1 is possible")
    }
    if mixture.paulis.contains(where: { $0.string == .identity }), abs(sum - 1) > probabilityTolerance {
      throw .invalid(
        "\(label) gives the identity a probability, but all add up to \(sum); leave it out, it takes what remains"
      )
    }
    return Channel(
      qubitCount: mixture.qubitCount, form: .pauli(mixture.paulis.filter { $0.string != .identity }),
      label: label)
  }

  /// - Throws: unless the operators are square, 2^n x 2^n with n up to `maximumKrausQubits`, finite, and keep the trace.
  public static func kraus(_ operators: [ComplexMatrix], label: String) throws(TangentError) -> Channel {
    guard let first = operators.first else { throw .invalid("\(label) has no Kraus operators") }
    let n = try Observable.registerSize(ofDimension: first.rows, columns: first.columns)
    try validate(qubitCount: n, label)
    guard n <= maximumKrausQubits else {
      throw .invalid(
        "the Kraus operators of \(label) act on \(n) qubits; \(maximumKrausQubits) are the limit")
    }
    guard operators.count <= 1 << (4 * n) else {
      throw .invalid("\(label) has \(operators.count) Kraus operators; \(1 << (2 * n)) are always enough")
    }
    var sum = ComplexMatrix(rows: first.rows, columns: first.rows)
    for matrix in operators {
      guard matrix.rows == first.rows, matrix.columns == first.rows else {
        throw .invalid(
          "the Kraus operators of \(label) are \(first.rows) x \(first.columns) and \(matrix.rows) x \(matrix.columns); all must have one size"
        )
      }
      guard matrix.isFinite else {
        throw .invalid("the Kraus operators of \(label) have entries that are NaN or infinite")
      }
      sum = sum + matrix.adjoint.multiplied(by: matrix)
    }
    let deviation = sum.deviationFromIdentity
    guard deviation <= traceTolerance else {
      throw .invalid(
        "\(label) does not keep the trace: sum K^dagger K differs from 1 by \(deviation), the tolerance is \(traceTolerance)"
      )
    }
    return Channel(qubitCount: n, form: .kraus(operators), label: label)
  }

  private static func validate(qubitCount n: Int, _ label: String) throws(TangentError) {
    try Names.validate(label, "the label of a channel")
    guard n >= 1, n <= Register.maximumQubits else {
      throw .invalid("\(label) on \(n) qubits; 1 to \(Register.maximumQubits) are possible")
    }
  }

  /// What the observables on some of the qubits see of the channel, the others being traced out: again a channel of its
  /// kind, or nil where that is not known.
  func restricted(to positions: [Int]) -> Channel? {
    switch form {
    case .depolarizing: return Channel(qubitCount: positions.count, form: form, label: label)
    case .pauli(let terms):
      let bits = positions.map { qubitCount - 1 - $0 }
      var order: [PauliString] = []
      var sums: [PauliString: Double] = [:]
      for term in terms {
        let string = PauliString(
          x: Bits.gathered(term.string.x, at: bits), z: Bits.gathered(term.string.z, at: bits))
        guard string != .identity else { continue }
        if sums[string] == nil { order.append(string) }
        sums[string, default: 0] += term.coefficient
      }
      return Channel(
        qubitCount: positions.count, form: .pauli(order.map { PauliTerm(sums[$0]!, $0) }), label: label)
    case .kraus: return nil
    }
  }
}
