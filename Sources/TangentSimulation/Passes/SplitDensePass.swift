import CTangentVector
import TangentNumerics

/// A dense unitary on a whole register one bit of which lies in the lanes: (state 0, bit 0), (state 0, bit 1), (state 1,
/// bit 0), (state 1, bit 1). Rotations of the two amplitudes that share a lane vector may come before.
///
/// U x = A x + B x', where x' has the bit flipped; A holds the entries that keep the bit, B the others. Of a matrix that
/// keeps it there is only A, which costs half.
struct SplitDensePass: BitwiseCopyable {
  /// Lane vectors of a state.
  private let rows: Int
  /// Columns of A, or of A and B.
  private let columns: Int
  private let matrix: UnsafePointer<SIMD2<Double>>
  /// Where the row lies in the state.
  private let offsets: UnsafePointer<Int>
  /// (x0, x1) <- (c x0 - s x1, s x0 + c x1) of every row before the product: c and (-s, s), or nil.
  private let turns: UnsafePointer<Lane>?

  /// - Parameters:
  ///   - rotation: what acts before the matrix, rotations of amplitudes that differ in the split bit; nil for nothing.
  ///   - positions: the index bit of every qubit of the matrix, nil for the one that is in the lanes.
  init(_ matrix: ComplexMatrix, after rotation: ComplexMatrix?, bits positions: [Int?], arena: Arena) {
    let k = positions.count
    let split = 1 << (k - 1 - positions.firstIndex { $0 == nil }!)
    let even = (0..<matrix.rows).filter { $0 & split == 0 }
    rows = even.count
    let (d, rows) = (matrix.rows, rows)
    var (keepsBit, packed) = (true, [SIMD2<Double>]())
    matrix.withReadOnlyPlanes { re, im in
      keepsBit = even.allSatisfy { i in
        even.allSatisfy { j in
          let (a, b) = (i * d + (j | split), (i | split) * d + j)
          return re[a] == 0 && im[a] == 0 && re[b] == 0 && im[b] == 0
        }
      }
      packed = DenseProduct.packed(rows: rows, columns: keepsBit ? rows : 2 * rows) { r, c in
        let (i, j, flip) = (even[r], even[c % rows], c < rows ? 0 : split)
        let (a, b) = (i * d + (j | flip), (i | split) * d + ((j | split) ^ flip))
        return (re: SIMD2(re[a], re[b]), im: SIMD2(im[a], im[b]))
      }
    }
    columns = keepsBit ? rows : 2 * rows
    self.matrix = arena.copy(packed)
    offsets = arena.copy(
      even.map { index in
        positions.enumerated().reduce(0) { sum, entry in
          sum | (index >> (k - 1 - entry.offset) & 1) << (entry.element ?? 0)
        }
      })
    turns = rotation.map { rotation in
      arena.copy(
        even.flatMap { i in
          let (c, s) = (rotation[i, i].re, rotation[i | split, i].re)
          return [Lane(repeating: c), Lane(-s, s, -s, s)]
        })
    }
  }

  /// Lanes of scratch that `apply` needs.
  var scratch: Int { 4 * rows }

  /// Multiply-adds of lane vectors that a product takes.
  var multiplyAdds: Int { 4 * rows * columns }

  /// target <- U source, or U^dagger source. Source and target may be the same.
  @inline(never)
  func apply(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>,
    inverse isInverse: Bool = false, scratch: UnsafeMutablePointer<Lane>
  ) {
    if isInverse {
      DenseProduct.multiplyByAdjoint(matrix, rows: rows, columns: columns, source, offsets, sums: scratch)
      scatter(scratch, target)
    } else {
      gather(source, scratch)
      DenseProduct.multiply(matrix, rows: rows, columns: columns, scratch, target, offsets)
    }
  }

  /// The same for the sweeps, which are generic: only plans of a `SplitEngine` have such passes, and its lanes are doubles.
  func apply<L: LaneVector>(
    lanes source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>, inverse isInverse: Bool = false,
    scratch: UnsafeMutablePointer<L>
  ) {
    func doubles(_ lanes: UnsafeMutablePointer<L>) -> UnsafeMutablePointer<Lane> {
      UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: Lane.self)
    }
    apply(doubles(source), doubles(target), inverse: isInverse, scratch: doubles(scratch))
  }

  /// x, rotated, and where the matrix wants it x'.
  @inline(__always)
  private func gather(_ source: UnsafeMutablePointer<Lane>, _ scratch: UnsafeMutablePointer<Lane>) {
    for r in 0..<rows {
      let x = source + 2 &* offsets[r]
      var (re, im) = (x[0], x[1])
      if let turns {
        re = ctv_fma(turns[2 &* r &+ 1], flipped(re), turns[2 &* r] * re)
        im = ctv_fma(turns[2 &* r &+ 1], flipped(im), turns[2 &* r] * im)
      }
      DenseProduct.store(re, im, scratch + 2 &* r)
      if columns > rows { DenseProduct.store(flipped(re), flipped(im), scratch + 2 &* (rows &+ r)) }
    }
  }

  /// A^dagger y + (B^dagger y)', rotated back.
  @inline(__always)
  private func scatter(_ sums: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    for r in 0..<rows {
      var (re, im) = (sums[2 &* r], sums[2 &* r &+ 1])
      if columns > rows {
        re += flipped(sums[2 &* (rows &+ r)])
        im += flipped(sums[2 &* (rows &+ r) &+ 1])
      }
      if let turns {
        re = ctv_fnma(turns[2 &* r &+ 1], flipped(re), turns[2 &* r] * re)
        im = ctv_fnma(turns[2 &* r &+ 1], flipped(im), turns[2 &* r] * im)
      }
      DenseProduct.store(re, im, target + 2 &* offsets[r])
    }
  }

  /// Lanes 0 and 1, and 2 and 3 exchanged.
  @inline(__always)
  private func flipped(_ x: Lane) -> Lane { Lane(x[1], x[0], x[3], x[2]) }
}
