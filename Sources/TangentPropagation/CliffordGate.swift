import TangentCircuits
import TangentNumerics

/// How a fixed gate takes Pauli strings backwards: U^dagger A U = +-B for each of the 4^k strings on its k qubits.
struct CliffordGate: Sendable {
  /// Larger matrices would be 4^k products of 2^k x 2^k matrices each.
  static let maximumQubits = 4

  private struct Image {
    var x: QubitMask
    var z: QubitMask
    var sign: Double
  }

  /// Bit masks of its qubits on the register, that of the matrix's least significant index first.
  private let bits: [QubitMask]
  private let mask: QubitMask
  /// By the local string, x in the low k bits and z above them.
  private let images: [Image]

  /// nil where some image is no Pauli string: the gate is not Clifford.
  /// - Throws: `invalidArgument` for a gate on too many qubits.
  init?(_ matrix: ComplexMatrix, qubits: [Int], register n: Int) throws(TangentError) {
    let k = qubits.count
    guard k <= CliffordGate.maximumQubits else {
      throw .invalid(
        "a fixed gate acts on \(k) qubits; averages over parameters take gates on up to \(CliffordGate.maximumQubits)"
      )
    }
    bits = qubits.reversed().map { 1 << QubitMask(n - 1 - $0) }
    mask = bits.reduce(0, |)
    let adjoint = matrix.adjoint
    var images: [Image] = []
    for index in 0..<(1 << (2 * k)) {
      let string = PauliString(x: QubitMask(index) & ((1 << k) - 1), z: QubitMask(index >> k))
      let moved = adjoint.multiplied(by: string.multiplied(by: matrix))
      guard let image = CliffordGate.pauli(moved) else { return nil }
      images.append(
        Image(x: spread(image.string.x, bits), z: spread(image.string.z, bits), sign: image.sign))
    }
    self.images = images
  }

  /// Replaces the string by its image and returns the sign.
  func move(_ string: inout PauliString) -> Double {
    guard string.support & mask != 0 else { return 1 }
    var index = 0
    for (k, bit) in bits.enumerated() {
      if string.x & bit != 0 { index |= 1 << k }
      if string.z & bit != 0 { index |= 1 << (k + bits.count) }
    }
    let image = images[index]
    string.x = string.x & ~mask | image.x
    string.z = string.z & ~mask | image.z
    return image.sign
  }

  /// The string and sign of a matrix that is +-P.
  private static func pauli(_ matrix: ComplexMatrix) -> (string: PauliString, sign: Double)? {
    let d = matrix.rows
    // P|0> = i^y |x>: the row of the first column gives x, signs along the columns 2^k give z.
    guard let x = (0..<d).first(where: { norm(matrix[$0, 0]) > 0.5 }) else { return nil }
    var z = 0
    var bit = 1
    while bit < d {
      let (a, b) = (matrix[x, 0], matrix[x ^ bit, bit])
      if a.re * b.re + a.im * b.im < 0 { z |= bit }
      bit <<= 1
    }
    let string = PauliString(x: QubitMask(x), z: QubitMask(z))
    let unsigned = string.multiplied(by: .identity(d))
    let (a, b) = (matrix[x, 0], unsigned[x, 0])
    let sign: Double = a.re * b.re + a.im * b.im < 0 ? -1 : 1
    let difference = matrix - unsigned.scaled(by: sign)
    let largest = zip(difference.re, difference.im).lazy.map { abs($0) + abs($1) }.max() ?? 0
    return largest < 1e-10 ? (string, sign) : nil
  }

  private static func norm(_ number: (re: Double, im: Double)) -> Double {
    number.re * number.re + number.im * number.im
  }
}

private func spread(_ local: QubitMask, _ bits: [QubitMask]) -> QubitMask {
  bits.enumerated().reduce(0) { $0 | (local >> QubitMask($1.offset) & 1 == 1 ? $1.element : 0) }
}

extension PauliString {
  /// P A for a matrix A whose rows are the string's qubits, the register's last on the least significant index.
  fileprivate func multiplied(by matrix: ComplexMatrix) -> ComplexMatrix {
    var result = matrix
    for column in 0..<matrix.rows {
      let row = column ^ Int(x)
      let power = phasePower(column: UInt64(column))
      for a in 0..<matrix.columns {
        let (re, im) = matrix[column, a]
        result[row, a] =
          switch power {
          case 0: (re, im)
          case 1: (-im, re)
          case 2: (-re, -im)
          default: (im, -re)
          }
      }
    }
    return result
  }

  /// i P A as +-B for strings that anticommute; the sign and B.
  func turned(_ other: PauliString) -> (string: PauliString, sign: Double) {
    let product = PauliString(x: x ^ other.x, z: z ^ other.z)
    // P = i^countOfY X^x Z^z, and moving Z^z past X^other.x gives signs.
    let power =
      countOfY + other.countOfY - product.countOfY + 2 * (z & other.x).nonzeroBitCount + 1
    return (product, power & 3 == 0 ? 1 : -1)
  }
}
