import TangentNumerics

/// A Hermitian operator on a register: real multiples of Pauli strings and basis-state projectors, plus a dense part.
public struct Observable: Sendable, Equatable {
  /// coefficient * |index><index|
  public struct Projector: Sendable, Equatable, BitwiseCopyable {
    public var coefficient: Double
    public var index: QubitMask

    /// The basis state, character k for qubit k, such as "010".
    public func bits(register n: Int) -> String {
      String((0..<n).map { index >> QubitMask(n - 1 - $0) & 1 == 1 ? "1" : "0" })
    }
  }

  public let qubitCount: Int
  public private(set) var paulis: [PauliTerm] = []
  public private(set) var projectors: [Projector] = []
  public private(set) var dense: ComplexMatrix?

  /// Dense parts and dense matrices of observables stop here: 2^12 x 2^12 complex numbers are 256 MB.
  public static let maximumDenseQubits = 12

  /// How far a matrix may be from its adjoint, relative to its largest entry.
  public static let hermiticityTolerance = 1e-10

  init(qubitCount: Int) throws(TangentError) {
    guard qubitCount >= 1, qubitCount <= Register.maximumQubits else {
      throw .invalid("\(qubitCount) qubits; between 1 and \(Register.maximumQubits) are possible")
    }
    self.qubitCount = qubitCount
  }

  init(qubitCount: Int, paulis: [PauliTerm], projectors: [Projector], dense: ComplexMatrix?) {
    self.qubitCount = qubitCount
    self.paulis = paulis
    self.projectors = projectors
    self.dense = dense
  }

  /// The Pauli string with character k on qubit k, such as "ZII".
  public static func pauli(_ letters: String) throws(TangentError) -> Observable {
    var result = try Observable(qubitCount: letters.unicodeScalars.count)
    let string = try PauliString(
      letters, qubits: Array(0..<result.qubitCount), register: result.qubitCount)
    result.paulis = [PauliTerm(1, string)]
    return result
  }

  /// A dense Hermitian matrix, 2^n x 2^n.
  public static func hermitian(_ matrix: ComplexMatrix) throws(TangentError) -> Observable {
    let n = try registerSize(ofDimension: matrix.rows, columns: matrix.columns)
    guard matrix.isFinite else { throw .invalid("the Hermitian matrix has entries that are NaN or infinite") }
    let deviation = (matrix - matrix.adjoint).maximumModulus
    guard deviation <= hermiticityTolerance * max(1, matrix.maximumModulus) else {
      throw .invalid(
        "the matrix is not Hermitian: it differs from its adjoint by \(deviation), the tolerance is \(hermiticityTolerance); give (A + A^dagger)/2 if that is meant"
      )
    }
    var result = try Observable(qubitCount: n)
    result.dense = (matrix + matrix.adjoint).scaled(by: 0.5).withPositiveZeros
    return result
  }

  /// The projector on a basis state, such as "010".
  public static func projector(_ bits: String) throws(TangentError) -> Observable {
    var result = try Observable(qubitCount: bits.unicodeScalars.count)
    var index: QubitMask = 0
    for bit in bits.unicodeScalars {
      guard bit == "0" || bit == "1" else {
        throw .invalid("\"\(bit)\" in the basis state \"\(bits)\" is not 0 or 1")
      }
      index = index << 1 | (bit == "1" ? 1 : 0)
    }
    result.projectors = [Projector(coefficient: 1, index: index)]
    return result
  }

  /// Whether the operator is diagonal in the computational basis (a dense part counts as not).
  public var isDiagonal: Bool { dense == nil && paulis.allSatisfy(\.string.isDiagonal) }

  /// The matrix entry <index|O|index> of the Pauli and projector part.
  public func diagonalEntry(_ index: UInt64) -> Double {
    var sum = 0.0
    for term in paulis where term.string.isDiagonal {
      sum +=
        (index & UInt64(truncatingIfNeeded: term.string.z)).nonzeroBitCount & 1 == 0
        ? term.coefficient : -term.coefficient
    }
    for projector in projectors where projector.index == QubitMask(index) { sum += projector.coefficient }
    return sum
  }

  static func registerSize(ofDimension rows: Int, columns: Int) throws(TangentError) -> Int {
    guard rows == columns, rows >= 2, rows.nonzeroBitCount == 1 else {
      throw .invalid(
        "the matrix is \(rows) x \(columns); it must be square with a power of two (2 or more) rows")
    }
    let n = rows.trailingZeroBitCount
    guard n <= maximumDenseQubits else {
      throw .invalid("a dense matrix on \(n) qubits is too large; the limit is \(maximumDenseQubits) qubits")
    }
    return n
  }
}
