import CTangentVector
import TangentNumerics

/// A fixed dense unitary on k qubits: gathers amplitudes, multiplies, scatters; block by block where the matrix falls
/// apart into blocks of equal size. Pairs of amplitudes may be rotated before, on their way.
///
/// A block is packed by four rows (two if there are no more), column by column, (re, im) of each row, so that both
/// products read it front to back: U x row by row as inner products, U^dagger x as a sum of conjugated rows. One copy
/// serves both, since many large unitaries are read from memory once a sweep.
struct DensePass: BitwiseCopyable {
  /// Rows of a group of amplitudes, and of a block.
  private let rows: Int
  private let size: Int
  private let matrix: UnsafePointer<Double>
  /// Fixed bits, ascending.
  private let bits: UnsafePointer<Int>
  private let bitCount: Int
  /// Where row r of block b lies within a group, at size * b + r.
  private let offsets: UnsafePointer<Int>
  private let groups: Int
  /// Rotations (x, y) <- (c x - s y, s x + c y) before the product.
  private let turns: UnsafePointer<Turn>
  private let turnCount: Int

  /// A rotation of two rows.
  private struct Turn: BitwiseCopyable {
    let first: Int
    let second: Int
    let cosine: Double
    let sine: Double
  }

  /// - Parameters:
  ///   - rotation: what acts before the matrix, rotations of pairs of amplitudes; nil for nothing.
  ///   - positions: index bits, the first on the matrix's most significant index.
  init(
    _ matrix: ComplexMatrix, after rotation: ComplexMatrix?, bits positions: [Int], indexBits: Int,
    arena: Arena
  ) {
    var blocks = IndexBlocks(of: [matrix]).all
    if blocks[0].count != 2, !blocks[0].count.isMultiple(of: 4) { blocks = [Array(0..<matrix.rows)] }
    let order = Array(blocks.joined())
    rows = matrix.rows
    size = blocks[0].count
    self.matrix = arena.copy(blocks.flatMap { DensePass.packed(matrix, rows: $0) })
    bits = arena.copy(positions.sorted())
    bitCount = positions.count
    offsets = arena.copy(order.map { PendingDiagonal.offsets(positions)[$0] })
    groups = (1 << indexBits) >> positions.count
    var row = [Int](repeating: 0, count: matrix.rows)
    for (k, index) in order.enumerated() { row[index] = k }
    let pairs = rotation.map { IndexBlocks(of: [$0]).all } ?? []
    turns = arena.copy(
      pairs.map {
        Turn(
          first: row[$0[0]], second: row[$0[1]], cosine: rotation![$0[0], $0[0]].re,
          sine: rotation![$0[1], $0[0]].re)
      })
    turnCount = pairs.count
  }

  private static func packed(_ matrix: ComplexMatrix, rows: [Int]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(2 * rows.count * rows.count)
    let height = min(4, rows.count)
    for first in stride(from: 0, to: rows.count, by: height) {
      for column in rows {
        for row in rows[first..<(first + height)] {
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
  var scratch: Int { 2 * rows }

  /// target <- U source, or U^dagger source. Source and target may be the same.
  @inline(never)
  func apply(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>,
    inverse isInverse: Bool = false,
    scratch: UnsafeMutablePointer<Lane>
  ) {
    if size == 2 {
      applyToPairs(isInverse, source, target)
      return
    }
    for group in 0..<groups {
      let start = groups == 1 ? 0 : 2 &* base(group)
      var (u, first) = (matrix, 0)
      if isInverse {
        while first < rows {
          multiplyByAdjoint(u, source + start, sums: scratch + 2 &* first, offsets + first)
          u += 2 &* size &* size
          first &+= size
        }
        scatter(scratch, target + start)
      } else {
        gather(source + start, scratch)
        while first < rows {
          multiply(u, scratch + 2 &* first, target + start, offsets + first)
          u += 2 &* size &* size
          first &+= size
        }
      }
    }
  }

  @inline(__always)
  private func applyToPairs(
    _ isInverse: Bool, _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>
  ) {
    for block in 0..<(rows >> 1) {
      // Entry (row r, column c) is at 4 c + 2 r.
      let u = matrix + 8 &* block
      let sign = isInverse ? -1.0 : 1.0
      let (u00, v00, u11, v11) = (u[0], sign * u[1], u[6], sign * u[7])
      let (u10, v10) = isInverse ? (u[4], -u[5]) : (u[2], u[3])
      let (u01, v01) = isInverse ? (u[2], -u[3]) : (u[4], u[5])
      let (first, second) = (offsets[2 &* block], offsets[2 &* block &+ 1])
      for group in 0..<groups {
        let start = base(group)
        let (a, b) = (2 &* (start &+ first), 2 &* (start &+ second))
        let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
        target[a] = u00 * ar - v00 * ai + u01 * br - v01 * bi
        target[a &+ 1] = u00 * ai + v00 * ar + u01 * bi + v01 * br
        target[b] = u10 * ar - v10 * ai + u11 * br - v11 * bi
        target[b &+ 1] = u10 * ai + v10 * ar + u11 * bi + v11 * br
      }
    }
  }

  /// The rows of a group, rotated.
  @inline(__always)
  private func gather(_ source: UnsafeMutablePointer<Lane>, _ scratch: UnsafeMutablePointer<Lane>) {
    for k in 0..<turnCount {
      let turn = turns[k]
      let (c, s) = (Lane(repeating: turn.cosine), Lane(repeating: turn.sine))
      let (x, y) = (source + 2 &* offsets[turn.first], source + 2 &* offsets[turn.second])
      let (first, second) = (scratch + 2 &* turn.first, scratch + 2 &* turn.second)
      for part in 0..<2 {
        first[part] = ctv_fnma(s, y[part], c * x[part])
        second[part] = ctv_fma(s, x[part], c * y[part])
      }
    }
    if turnCount > 0 { return }
    for r in 0..<rows { store(source[2 &* offsets[r]], source[2 &* offsets[r] &+ 1], scratch + 2 &* r) }
  }

  /// The rows of a group back to their places, rotated back.
  @inline(__always)
  private func scatter(_ scratch: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    for k in 0..<turnCount {
      let turn = turns[k]
      let (c, s) = (Lane(repeating: turn.cosine), Lane(repeating: turn.sine))
      let (x, y) = (target + 2 &* offsets[turn.first], target + 2 &* offsets[turn.second])
      let (first, second) = (scratch + 2 &* turn.first, scratch + 2 &* turn.second)
      for part in 0..<2 {
        x[part] = ctv_fma(s, second[part], c * first[part])
        y[part] = ctv_fnma(s, first[part], c * second[part])
      }
    }
    if turnCount > 0 { return }
    for r in 0..<rows { store(scratch[2 &* r], scratch[2 &* r &+ 1], target + 2 &* offsets[r]) }
  }

  /// Four rows at a time: eight sums in registers, and each amplitude that is loaded serves all of them.
  @inline(__always)
  private func multiply(
    _ matrix: UnsafePointer<Double>, _ input: UnsafeMutablePointer<Lane>,
    _ target: UnsafeMutablePointer<Lane>, _ places: UnsafePointer<Int>
  ) {
    var u = matrix
    var row = 0
    while row < size {
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
      store(ar, ai, target + 2 &* places[row])
      store(br, bi, target + 2 &* places[row &+ 1])
      store(cr, ci, target + 2 &* places[row &+ 2])
      store(dr, di, target + 2 &* places[row &+ 3])
      row &+= 4
    }
  }

  /// Four rows at a time: their eight inputs in registers, each sum loaded and stored once for all of them.
  @inline(__always)
  private func multiplyByAdjoint(
    _ matrix: UnsafePointer<Double>, _ source: UnsafeMutablePointer<Lane>,
    sums: UnsafeMutablePointer<Lane>, _ places: UnsafePointer<Int>
  ) {
    var u = matrix
    addRows(&u, source, places, sums, adding: false)
    var row = 4
    while row < size {
      addRows(&u, source, places + row, sums, adding: true)
      row &+= 4
    }
  }

  @inline(__always)
  private func addRows(
    _ u: inout UnsafePointer<Double>, _ source: UnsafeMutablePointer<Lane>, _ places: UnsafePointer<Int>,
    _ sums: UnsafeMutablePointer<Lane>, adding: Bool
  ) {
    let (a, b) = (source + 2 &* places[0], source + 2 &* places[1])
    let (c, d) = (source + 2 &* places[2], source + 2 &* places[3])
    let (ar, ai, br, bi) = (a[0], a[1], b[0], b[1])
    let (cr, ci, dr, di) = (c[0], c[1], d[0], d[1])
    for column in 0..<size {
      // (u - iv)(r + is) = ur + vs + i(us - vr); two chains each for re and im.
      var (re, im) = adding ? (sums[2 &* column], sums[2 &* column &+ 1]) : (.zero, .zero)
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

  @inline(__always)
  private func store(_ re: Lane, _ im: Lane, _ amplitude: UnsafeMutablePointer<Lane>) {
    amplitude[0] = re
    amplitude[1] = im
  }
}
