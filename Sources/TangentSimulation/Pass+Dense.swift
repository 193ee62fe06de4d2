import CTangentVector
import TangentCircuits
import TangentNumerics

/// A fixed dense unitary on k qubits: gathers 2^k amplitudes, multiplies, scatters.
///
/// The matrices are packed by four rows (two if there are no more), column by column, (re, im) of each row, so that the
/// product reads them front to back.
struct DensePass: BitwiseCopyable {
  let size: Int
  private let matrix: UnsafePointer<Double>
  private let inverse: UnsafePointer<Double>
  /// Fixed bits, ascending.
  private let bits: UnsafePointer<Int>
  private let bitCount: Int
  /// Where local index r lies within a group.
  private let offsets: UnsafePointer<Int>
  private let groups: Int

  /// - Parameter positions: index bits, the first on the matrix's most significant index.
  init(_ matrix: ComplexMatrix, bits positions: [Int], indexBits: Int, arena: Arena) {
    size = matrix.rows
    self.matrix = arena.copy(DensePass.packed(matrix))
    inverse = arena.copy(DensePass.packed(matrix.adjoint))
    bits = arena.copy(positions.sorted())
    bitCount = positions.count
    offsets = arena.copy(
      (0..<matrix.rows).map { r in
        positions.enumerated().reduce(0) { sum, entry in
          sum | ((r >> (positions.count - 1 - entry.offset)) & 1) << entry.element
        }
      })
    groups = (1 << indexBits) >> positions.count
  }

  private static func packed(_ matrix: ComplexMatrix) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(2 * matrix.rows * matrix.columns)
    let height = min(4, matrix.rows)
    for first in stride(from: 0, to: matrix.rows, by: height) {
      for column in 0..<matrix.columns {
        for row in first..<(first + height) {
          let entry = matrix[row, column]
          result.append(entry.re)
          result.append(entry.im)
        }
      }
    }
    return result
  }

  @inline(__always)
  private func base(_ group: Int) -> Int {
    var index = group
    for k in 0..<bitCount {
      let low = index & ((1 &<< bits[k]) &- 1)
      index = ((index &- low) &<< 1) | low
    }
    return index
  }

  /// target <- U source, or U^dagger source. Source and target may be the same; `scratch` holds 2 `size` lanes.
  @inline(never)
  func apply(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>,
    inverse isInverse: Bool = false,
    scratch: UnsafeMutablePointer<Lane>
  ) {
    let rows = isInverse ? inverse : matrix
    if size == 2 {
      applyToOneQubit(rows, source, target)
      return
    }
    for group in 0..<groups {
      let start = 2 &* base(group)
      gather(source + start, scratch)
      multiply(rows, scratch, target + start)
    }
  }

  @inline(__always)
  private func applyToOneQubit(
    _ u: UnsafePointer<Double>, _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>
  ) {
    let stride = 2 &* offsets[1]
    let inserter = BitInserter([bits[0]])
    for group in 0..<groups {
      let a = 2 &* inserter.one(group)
      let b = a &+ stride
      let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
      target[a] = u[0] * ar - u[1] * ai + u[4] * br - u[5] * bi
      target[a &+ 1] = u[0] * ai + u[1] * ar + u[4] * bi + u[5] * br
      target[b] = u[2] * ar - u[3] * ai + u[6] * br - u[7] * bi
      target[b &+ 1] = u[2] * ai + u[3] * ar + u[6] * bi + u[7] * br
    }
  }

  @inline(__always)
  private func gather(_ source: UnsafeMutablePointer<Lane>, _ scratch: UnsafeMutablePointer<Lane>) {
    for r in 0..<size {
      let amplitude = source + 2 &* offsets[r]
      scratch[2 &* r] = amplitude[0]
      scratch[2 &* r &+ 1] = amplitude[1]
    }
  }

  /// Four rows at a time: eight sums in registers, and each amplitude that is loaded serves all of them.
  @inline(__always)
  private func multiply(
    _ rows: UnsafePointer<Double>, _ input: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>
  ) {
    var u = rows
    for quad in 0..<(size >> 2) {
      var (ar, ai, br, bi) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
      var (cr, ci, dr, di) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
      for column in 0..<size {
        let (xr, xi) = (input[2 &* column], input[2 &* column &+ 1])
        ar = ctv_fma(Lane(repeating: u[0]), xr, ar)
        ai = ctv_fma(Lane(repeating: u[0]), xi, ai)
        br = ctv_fma(Lane(repeating: u[2]), xr, br)
        bi = ctv_fma(Lane(repeating: u[2]), xi, bi)
        cr = ctv_fma(Lane(repeating: u[4]), xr, cr)
        ci = ctv_fma(Lane(repeating: u[4]), xi, ci)
        dr = ctv_fma(Lane(repeating: u[6]), xr, dr)
        di = ctv_fma(Lane(repeating: u[6]), xi, di)
        ar = ctv_fnma(Lane(repeating: u[1]), xi, ar)
        ai = ctv_fma(Lane(repeating: u[1]), xr, ai)
        br = ctv_fnma(Lane(repeating: u[3]), xi, br)
        bi = ctv_fma(Lane(repeating: u[3]), xr, bi)
        cr = ctv_fnma(Lane(repeating: u[5]), xi, cr)
        ci = ctv_fma(Lane(repeating: u[5]), xr, ci)
        dr = ctv_fnma(Lane(repeating: u[7]), xi, dr)
        di = ctv_fma(Lane(repeating: u[7]), xr, di)
        u += 8
      }
      store(ar, ai, target, 4 &* quad)
      store(br, bi, target, 4 &* quad &+ 1)
      store(cr, ci, target, 4 &* quad &+ 2)
      store(dr, di, target, 4 &* quad &+ 3)
    }
  }

  @inline(__always)
  private func store(_ re: Lane, _ im: Lane, _ target: UnsafeMutablePointer<Lane>, _ row: Int) {
    let amplitude = target + 2 &* offsets[row]
    amplitude[0] = re
    amplitude[1] = im
  }
}
