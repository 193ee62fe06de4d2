import TangentNumerics

/// A fixed dense unitary on k qubits: gathers amplitudes, multiplies, scatters; block by block where the matrix falls
/// apart into blocks of equal size. Pairs of amplitudes may be rotated before, on their way.
struct DensePass: BitwiseCopyable {
  /// Rows of a group of amplitudes, and of a block.
  private let rows: Int
  private let size: Int
  private let matrix: Constants
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
    var blocks = IndexBlocks(of: matrix).all
    if blocks[0].count != 2, !blocks[0].count.isMultiple(of: 4) { blocks = [Array(0..<matrix.rows)] }
    let order = Array(blocks.joined())
    rows = matrix.rows
    size = blocks[0].count
    self.matrix = arena.constants(
      blocks.flatMap { block in
        DenseProduct.packed(rows: block.count, columns: block.count) { matrix[block[$0], block[$1]] }
      })
    bits = arena.copy(positions.sorted())
    bitCount = positions.count
    offsets = arena.copy(order.map { BitInserter.offsets(ofBits: positions)[$0] })
    groups = (1 << indexBits) >> positions.count
    var row = [Int](repeating: 0, count: matrix.rows)
    for (k, index) in order.enumerated() { row[index] = k }
    let pairs = rotation.map { IndexBlocks(of: $0).all } ?? []
    turns = arena.copy(
      pairs.map {
        Turn(
          first: row[$0[0]], second: row[$0[1]], cosine: rotation![$0[0], $0[0]].re,
          sine: rotation![$0[1], $0[0]].re)
      })
    turnCount = pairs.count
  }

  @inline(__always)
  private func base(_ group: Int) -> Int {
    var index = group
    for k in 0..<bitCount { index = Bits.insertingZero(index, at: bits[k]) }
    return index
  }

  /// Lanes of scratch that `apply` needs.
  var scratch: Int { 2 * rows }

  /// Multiply-adds of lane vectors that the products take.
  var multiplyAdds: Int { 4 * groups * rows * size }

  /// target <- U source, or U^dagger source. Source and target may be the same.
  @inline(never)
  func apply<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    inverse isInverse: Bool = false,
    scratch: UnsafeMutablePointer<L>
  ) {
    if size == 2 {
      applyToPairs(isInverse, source, target)
      return
    }
    for group in 0..<groups {
      let start = groups == 1 ? 0 : 2 &* base(group)
      var (u, first): (UnsafePointer<Uniform<L>>, Int) = (matrix.entries(), 0)
      if isInverse {
        while first < rows {
          DenseProduct.multiplyByAdjoint(
            u, rows: size, columns: size, source + start, offsets + first, sums: scratch + 2 &* first)
          u += 2 &* size &* size
          first &+= size
        }
        scatter(scratch, target + start)
      } else {
        gather(source + start, scratch)
        while first < rows {
          DenseProduct.multiply(
            u, rows: size, columns: size, scratch + 2 &* first, target + start, offsets + first)
          u += 2 &* size &* size
          first &+= size
        }
      }
    }
  }

  @inline(__always)
  private func applyToPairs<L: LaneVector>(
    _ isInverse: Bool, _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>
  ) {
    for block in 0..<(rows >> 1) {
      // Entry (row r, column c) is at 4 c + 2 r.
      let u: UnsafePointer<Uniform<L>> = matrix.entries() + 8 &* block
      let sign = Uniform<L>(isInverse ? -1 : 1)
      let (low, high) = isInverse ? (4, 2) : (2, 4)
      let (u00, v00, u11, v11) = (u[0].lane, (sign * u[1]).lane, u[6].lane, (sign * u[7]).lane)
      let (u10, v10) = (u[low].lane, (sign * u[low + 1]).lane)
      let (u01, v01) = (u[high].lane, (sign * u[high + 1]).lane)
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
  private func gather<L: LaneVector>(_ source: UnsafeMutablePointer<L>, _ scratch: UnsafeMutablePointer<L>) {
    for k in 0..<turnCount {
      let turn = turns[k]
      let (c, s) = (L(constant: turn.cosine), L(constant: turn.sine))
      let (x, y) = (source + 2 &* offsets[turn.first], source + 2 &* offsets[turn.second])
      let (first, second) = (scratch + 2 &* turn.first, scratch + 2 &* turn.second)
      for part in 0..<2 {
        first[part] = L.fnma(s, y[part], c * x[part])
        second[part] = L.fma(s, x[part], c * y[part])
      }
    }
    if turnCount > 0 { return }
    for r in 0..<rows {
      DenseProduct.store(source[2 &* offsets[r]], source[2 &* offsets[r] &+ 1], scratch + 2 &* r)
    }
  }

  /// The rows of a group back to their places, rotated back.
  @inline(__always)
  private func scatter<L: LaneVector>(_ scratch: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>) {
    for k in 0..<turnCount {
      let turn = turns[k]
      let (c, s) = (L(constant: turn.cosine), L(constant: turn.sine))
      let (x, y) = (target + 2 &* offsets[turn.first], target + 2 &* offsets[turn.second])
      let (first, second) = (scratch + 2 &* turn.first, scratch + 2 &* turn.second)
      for part in 0..<2 {
        x[part] = L.fma(s, second[part], c * first[part])
        y[part] = L.fnma(s, first[part], c * second[part])
      }
    }
    if turnCount > 0 { return }
    for r in 0..<rows { DenseProduct.store(scratch[2 &* r], scratch[2 &* r &+ 1], target + 2 &* offsets[r]) }
  }
}
