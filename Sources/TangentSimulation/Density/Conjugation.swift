import CTangentVector
import TangentNumerics

/// rho -> U rho U^dagger of a dense unitary on many qubits: strings become matrix entries, both sides are multiplied, and
/// entries become strings again. 2^k products an entry, where a transfer matrix has 4^k a string.
struct Conjugation: BitwiseCopyable {
  static let mostQubits = 10
  /// From here on it is less work than a transfer matrix.
  static let fewestQubits = 4

  private let butterfly: PauliButterfly.Layout
  /// U and U^dagger, (re, im) row by row.
  private let forwardEntries: UnsafePointer<Double>
  private let backwardEntries: UnsafePointer<Double>
  /// Where the local basis states stand in the row and in the column of an entry.
  private let rows: UnsafePointer<Int>
  private let columns: UnsafePointer<Int>
  private let rowMask: Int
  private let columnMask: Int
  let dimension: Int
  private let size: Int

  init(_ matrix: ComplexMatrix, qubits: [Int], register n: Int, arena: Arena) {
    func interleaved(_ matrix: ComplexMatrix) -> [Double] {
      zip(matrix.re, matrix.im).flatMap { [$0, $1] }
    }
    forwardEntries = arena.copy(interleaved(matrix))
    backwardEntries = arena.copy(interleaved(matrix.adjoint))
    let bits = qubits.map { n - 1 - $0 }
    let butterfly = PauliButterfly(register: n)
    let places = (0..<matrix.rows).map { Bits.spread($0, to: bits) }
    rows = arena.copy(places.map { butterfly.place($0, 0) })
    columns = arena.copy(places.map { butterfly.place(0, $0) })
    rowMask = butterfly.place(places[matrix.rows - 1], 0)
    columnMask = butterfly.place(0, places[matrix.rows - 1])
    self.butterfly = butterfly.layout
    dimension = matrix.rows
    size = 1 << (2 * n)
  }

  /// Lanes of scratch: the imaginary parts, and a column.
  var scratch: Int { size + 2 * dimension }

  func forward(
    _ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, scratch: UnsafeMutablePointer<Lane>
  ) {
    target.update(from: source, count: size)
    conjugate(target, forwardEntries, scratch)
  }

  /// Coefficients of strings and their expectations differ by 2^n alone.
  func backward(_ observable: UnsafeMutablePointer<Lane>, scratch: UnsafeMutablePointer<Lane>) {
    conjugate(observable, backwardEntries, scratch)
  }

  private func conjugate(
    _ re: UnsafeMutablePointer<Lane>, _ entries: UnsafePointer<Double>, _ scratch: UnsafeMutablePointer<Lane>
  ) {
    let (im, column) = (scratch, scratch + size)
    butterfly.entries(re, im)
    multiply(re, im, entries, rows, rowMask, sign: 1, column)
    multiply(re, im, entries, columns, columnMask, sign: -1, column)
    butterfly.transform(re, im)
  }

  /// Multiplies vectors along rows by U, or along columns by its conjugate.
  @inline(never)
  private func multiply(
    _ re: UnsafeMutablePointer<Lane>, _ im: UnsafeMutablePointer<Lane>, _ entries: UnsafePointer<Double>,
    _ offsets: UnsafePointer<Int>, _ mask: Int, sign: Double, _ column: UnsafeMutablePointer<Lane>
  ) {
    var base = 0
    while base < size {
      for k in 0..<dimension {
        column[2 &* k] = re[base | offsets[k]]
        column[2 &* k &+ 1] = im[base | offsets[k]]
      }
      var entry = entries
      for row in 0..<dimension {
        // The real parts' products and the imaginary parts' apart, for more of them in flight.
        var (a, b, c, d) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
        for k in 0..<dimension {
          let (x, y) = (Lane(repeating: entry[0]), Lane(repeating: entry[1]))
          a = ctv_fma(x, column[2 &* k], a)
          b = ctv_fma(y, column[2 &* k &+ 1], b)
          c = ctv_fma(x, column[2 &* k &+ 1], c)
          d = ctv_fma(y, column[2 &* k], d)
          entry += 2
        }
        let turn = Lane(repeating: sign)
        re[base | offsets[row]] = ctv_fnma(turn, b, a)
        im[base | offsets[row]] = ctv_fma(turn, d, c)
      }
      base = DigitPlaces.next(base, mask)
    }
  }
}
