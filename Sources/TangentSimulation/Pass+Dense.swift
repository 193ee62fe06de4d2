import CTangentVector
import TangentCircuits
import TangentNumerics

/// A fixed dense unitary on k qubits: gathers 2^k amplitudes, multiplies, scatters.
///
/// The matrix is packed by four rows (two if there are no more), column by column, (re, im) of each row, so that both
/// products read it front to back: U x row by row as inner products, U^dagger x as a sum of conjugated rows. One copy
/// serves both, since many large unitaries are read from memory once a sweep.
struct DensePass: BitwiseCopyable {
  let size: Int
  private let matrix: UnsafePointer<Double>
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

  /// Lanes of scratch that `apply` needs.
  var scratch: Int { 4 * size }

  /// target <- U source, or U^dagger source. Source and target may be the same.
  @inline(never)
  func apply(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>,
    inverse isInverse: Bool = false,
    scratch: UnsafeMutablePointer<Lane>
  ) {
    if size == 2 {
      applyToOneQubit(isInverse, source, target)
      return
    }
    for group in 0..<groups {
      let start = 2 &* base(group)
      gather(source + start, scratch)
      if isInverse {
        multiplyByAdjoint(scratch, sums: scratch + 2 &* size, target + start)
      } else {
        multiply(scratch, target + start)
      }
    }
  }

  @inline(__always)
  private func applyToOneQubit(
    _ isInverse: Bool, _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>
  ) {
    // Entry (row r, column c) is at 4 c + 2 r.
    let sign = isInverse ? -1.0 : 1.0
    let (u00, v00, u11, v11) = (matrix[0], sign * matrix[1], matrix[6], sign * matrix[7])
    let (u10, v10) = isInverse ? (matrix[4], -matrix[5]) : (matrix[2], matrix[3])
    let (u01, v01) = isInverse ? (matrix[2], -matrix[3]) : (matrix[4], matrix[5])
    let stride = 2 &* offsets[1]
    let inserter = BitInserter([bits[0]])
    for group in 0..<groups {
      let a = 2 &* inserter.one(group)
      let b = a &+ stride
      let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
      target[a] = u00 * ar - v00 * ai + u01 * br - v01 * bi
      target[a &+ 1] = u00 * ai + v00 * ar + u01 * bi + v01 * br
      target[b] = u10 * ar - v10 * ai + u11 * br - v11 * bi
      target[b &+ 1] = u10 * ai + v10 * ar + u11 * bi + v11 * br
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
  private func multiply(_ input: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    var u = matrix
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

  /// Four rows at a time: their eight inputs in registers, each sum loaded and stored once for all of them.
  @inline(__always)
  private func multiplyByAdjoint(
    _ input: UnsafeMutablePointer<Lane>, sums: UnsafeMutablePointer<Lane>,
    _ target: UnsafeMutablePointer<Lane>
  ) {
    var u = matrix
    sums.update(repeating: .zero, count: 2 &* size)
    for quad in 0..<(size >> 2) {
      let x = input + 8 &* quad
      let (ar, ai, br, bi) = (x[0], x[1], x[2], x[3])
      let (cr, ci, dr, di) = (x[4], x[5], x[6], x[7])
      for column in 0..<size {
        // (u - iv)(r + is) = ur + vs + i(us - vr); two chains each for re and im.
        var (re, im) = (sums[2 &* column], sums[2 &* column &+ 1])
        re = ctv_fma(Lane(repeating: u[0]), ar, re)
        im = ctv_fma(Lane(repeating: u[0]), ai, im)
        var (re2, im2) = (Lane(repeating: u[1]) * ai, Lane(repeating: u[1]) * ar)
        re = ctv_fma(Lane(repeating: u[2]), br, re)
        im = ctv_fma(Lane(repeating: u[2]), bi, im)
        re2 = ctv_fma(Lane(repeating: u[3]), bi, re2)
        im2 = ctv_fma(Lane(repeating: u[3]), br, im2)
        re = ctv_fma(Lane(repeating: u[4]), cr, re)
        im = ctv_fma(Lane(repeating: u[4]), ci, im)
        re2 = ctv_fma(Lane(repeating: u[5]), ci, re2)
        im2 = ctv_fma(Lane(repeating: u[5]), cr, im2)
        re = ctv_fma(Lane(repeating: u[6]), dr, re)
        im = ctv_fma(Lane(repeating: u[6]), di, im)
        re2 = ctv_fma(Lane(repeating: u[7]), di, re2)
        im2 = ctv_fma(Lane(repeating: u[7]), dr, im2)
        sums[2 &* column] = re + re2
        sums[2 &* column &+ 1] = im - im2
        u += 8
      }
    }
    for column in 0..<size { store(sums[2 &* column], sums[2 &* column &+ 1], target, column) }
  }

  @inline(__always)
  private func store(_ re: Lane, _ im: Lane, _ target: UnsafeMutablePointer<Lane>, _ row: Int) {
    let amplitude = target + 2 &* offsets[row]
    amplitude[0] = re
    amplitude[1] = im
  }
}
