import TangentNumerics

/// Pauli strings as numbers in base 4, digits I, X, Y, Z = 0 to 3, the first qubit's the most significant. The number of
/// a product is the exclusive or of the numbers.
public enum PauliDigits {
  public static func string(_ number: Int, qubitCount n: Int) -> PauliString {
    var string = PauliString.identity
    for bit in 0..<n {
      let digit = number >> (2 * bit) & 3
      if digit == 1 || digit == 2 { string.x |= 1 << QubitMask(bit) }
      if digit >= 2 { string.z |= 1 << QubitMask(bit) }
    }
    return string
  }

  public static func number(_ string: PauliString, qubitCount n: Int) -> Int {
    (0..<n).reduce(0) { number, bit in
      let (x, z) = (Int(string.x >> QubitMask(bit) & 1), Int(string.z >> QubitMask(bit) & 1))
      return number | (x ^ z | z << 1) << (2 * bit)
    }
  }

  /// tr(P_a sum_k K_k P_b K_k^dagger)/d of square matrices, (4^n, 4^n) row-major.
  public static func transferMatrix(_ operators: [ComplexMatrix]) -> [Double] {
    let d = operators[0].rows
    let n = d.trailingZeroBitCount
    let size = d * d
    let strings = (0..<size).map { string($0, qubitCount: n) }
    var result = [Double](repeating: 0, count: size * size)
    for b in 0..<size {
      var pauli = ComplexMatrix(rows: d, columns: d)
      pauli.add(PauliTerm(1, strings[b]))
      var image = ComplexMatrix(rows: d, columns: d)
      for matrix in operators {
        image = image + matrix.multiplied(by: pauli).multiplied(by: matrix.adjoint)
      }
      for a in 0..<size { result[a * size + b] = trace(strings[a], image) / Double(d) }
    }
    return result
  }

  /// tr(P M) of a Hermitian M.
  public static func trace(_ string: PauliString, _ matrix: ComplexMatrix) -> Double {
    var sum = 0.0
    let x = UInt64(string.x)
    for column in 0..<UInt64(matrix.columns) {
      // tr(P M) = sum_c <c^x|P|c> <c|M|c^x>
      let entry = matrix[Int(column), Int(column ^ x)]
      switch string.phasePower(column: column) {
      case 0: sum += entry.re
      case 1: sum -= entry.im
      case 2: sum -= entry.re
      default: sum += entry.im
      }
    }
    return sum
  }
}
