import TangentNumerics

/// A Pauli string on a register as two bit masks over the basis index: P = i^(number of Y) X^x Z^z.
///
/// Qubit q of n is bit n-1-q, so qubit 0 is the most significant bit and character k of a string acts on qubit k.
public struct PauliString: Sendable, Hashable, BitwiseCopyable {
  public var x: QubitMask
  public var z: QubitMask

  public init(x: QubitMask, z: QubitMask) {
    self.x = x
    self.z = z
  }

  public static let identity = PauliString(x: 0, z: 0)

  /// - Parameters:
  ///   - letters: one of I, X, Y, Z for each entry of `qubits`.
  /// - Throws: on another letter or on lengths that differ.
  public init(_ letters: String, qubits: [Int], register n: Int) throws(TangentError) {
    guard letters.unicodeScalars.count == qubits.count else {
      throw .invalid(
        "the Pauli string \"\(letters)\" has \(letters.unicodeScalars.count) letters for \(qubits.count) qubits; give one letter a qubit"
      )
    }
    self.init(x: 0, z: 0)
    for (letter, qubit) in zip(letters.unicodeScalars, qubits) {
      let bit = QubitMask(1) << QubitMask(n - 1 - qubit)
      switch letter {
      case "I": break
      case "X": x |= bit
      case "Y":
        x |= bit
        z |= bit
      case "Z": z |= bit
      default: throw .invalid("\"\(letter)\" in the Pauli string \"\(letters)\" is not one of I, X, Y, Z")
      }
    }
  }

  public var support: QubitMask { x | z }

  public var isDiagonal: Bool { x == 0 }

  public var countOfY: Int { (x & z).nonzeroBitCount }

  public func commutes(with other: PauliString) -> Bool {
    ((x & other.z).nonzeroBitCount + (z & other.x).nonzeroBitCount).isMultiple(of: 2)
  }

  /// The factor of P|column> = factor |column ^ x>, as a power of i (0..3), of basis states that an index can count.
  public func phasePower(column: UInt64) -> Int {
    (countOfY + 2 * (column & UInt64(truncatingIfNeeded: z)).nonzeroBitCount) & 3
  }

  public func letters(register n: Int) -> String {
    String(
      (0..<n).map { qubit -> Character in
        let bit = QubitMask(1) << QubitMask(n - 1 - qubit)
        return switch (x & bit != 0, z & bit != 0) {
        case (false, false): "I"
        case (true, false): "X"
        case (true, true): "Y"
        case (false, true): "Z"
        }
      })
  }
}

/// A real multiple of a Pauli string.
public struct PauliTerm: Sendable, Equatable, BitwiseCopyable {
  public var coefficient: Double
  public var string: PauliString

  public init(_ coefficient: Double, _ string: PauliString) {
    self.coefficient = coefficient
    self.string = string
  }
}

extension ComplexMatrix {
  /// Adds coefficient * P to a 2^n x 2^n matrix.
  mutating func add(_ term: PauliTerm) {
    let x = UInt64(term.string.x)
    for column in 0..<UInt64(columns) {
      let index = Int(column ^ x) * columns + Int(column)
      switch term.string.phasePower(column: column) {
      case 0: re[index] += term.coefficient
      case 1: im[index] += term.coefficient
      case 2: re[index] -= term.coefficient
      default: im[index] -= term.coefficient
      }
    }
  }
}

extension [PauliTerm] {
  public var allPairwiseCommuting: Bool {
    for (k, term) in enumerated() where !self[..<k].allSatisfy({ $0.string.commutes(with: term.string) }) {
      return false
    }
    return true
  }
}
