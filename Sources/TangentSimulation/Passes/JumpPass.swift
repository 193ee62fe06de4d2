import TangentCircuits
import TangentNumerics

/// One of a channel's operators K_k on every lane, chosen with the probability p_k = |K_k psi|^2/|psi|^2 by the lane's own
/// number and divided by sqrt(p_k).
///
/// The probability is a constant of what follows: a prediction is that of the product of the operators, divided by its
/// probability, and so are derivatives, whose mean is then the derivative of the mean. The normalised state's are not: its norm
/// depends on the angles (docs/maths.md, "Trajectories").
struct JumpPass: BitwiseCopyable {
  /// Rows of an operator.
  let size: Int
  let count: Int
  /// (re, im), operator by operator.
  let operators: UnsafePointer<Double>
  /// The same of K_k^dagger K_k, and the probabilities where these are multiples of 1.
  let squares: UnsafePointer<Double>
  let probabilities: UnsafePointer<Double>?
  /// Whether some weight depends on what is off the diagonal of rho.
  let needsCoherences: Bool
  /// Whether the first operator does nothing.
  let isFirstIdentity: Bool
  /// Fixed bits, ascending.
  let bits: UnsafePointer<Int>
  private let bitCount: Int
  let offsets: UnsafePointer<Int>
  let groups: Int
  /// The variable that chooses.
  let draw: Int
  /// Where the chosen operator goes.
  let place: Int

  /// Lanes of a chosen operator, and in front one that is 0 where all lanes chose a multiple of 1.
  var operatorSize: Int { 1 + 2 * size * size }

  /// - Parameter positions: index bits, the first on the operators' most significant index.
  /// - Throws: `outOfMemory` for a channel on too many qubits.
  init(
    _ channel: Channel, bits positions: [Int], indexBits: Int, draw: Int, place: Int, arena: Arena
  ) throws(TangentError) {
    let matrices = try channel.krausOperators()
    let squares = matrices.map { $0.adjoint.multiplied(by: $0) }
    size = matrices[0].rows
    count = matrices.count
    operators = arena.copy(matrices.flatMap(\.interleaved))
    self.squares = arena.copy(squares.flatMap(\.interleaved))
    probabilities =
      squares.allSatisfy(\.isMultipleOfIdentity) ? arena.copy(squares.map { $0[0, 0].re }) : nil
    needsCoherences = !squares.allSatisfy(\.isDiagonal)
    isFirstIdentity = matrices[0].isMultipleOfIdentity
    bits = arena.copy(positions.sorted())
    bitCount = positions.count
    offsets = arena.copy(BitInserter.offsets(ofBits: positions).map { 2 * $0 })
    groups = (1 << indexBits) >> positions.count
    self.draw = draw
    self.place = place
  }

  @inline(__always)
  func base(_ group: Int) -> Int {
    var index = group
    for k in 0..<bitCount { index = Bits.insertingZero(index, at: bits[k]) }
    return 2 &* index
  }

  /// target <- K source with the chosen operators; source and target may be the same.
  func apply<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    operators: UnsafeMutablePointer<L>
  ) {
    multiply(source, target, operators, isAdjoint: false)
  }

  /// target <- K^dagger source.
  func applyAdjoint<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    operators: UnsafeMutablePointer<L>
  ) {
    multiply(source, target, operators, isAdjoint: true)
  }

  @inline(never)
  private func multiply<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ operators: UnsafeMutablePointer<L>, isAdjoint: Bool
  ) {
    let (chosen, matrix) = (operators + place, operators + (place &+ 1))
    if (0..<L.scalarCount).allSatisfy({ chosen[0][$0] == 0 }) {
      if source != target { target.update(from: source, count: groups &* 2 &* size) }
      return
    }
    if size == 2 {
      multiplyPairs(source, target, matrix, isAdjoint)
      return
    }
    withUnsafeTemporaryAllocation(of: L.self, capacity: 2 &* size) { given in
      let given = given.baseAddress!
      for group in 0..<groups {
        let start = base(group)
        for a in 0..<size {
          (given[2 &* a], given[2 &* a &+ 1]) = (
            source[start &+ offsets[a]], source[start &+ offsets[a] &+ 1]
          )
        }
        for a in 0..<size {
          var (re, im) = (L.zero, L.zero)
          for b in 0..<size {
            let entry = matrix + 2 &* (isAdjoint ? b &* size &+ a : a &* size &+ b)
            let own = isAdjoint ? -entry[1] : entry[1]
            re = L.fma(entry[0], given[2 &* b], L.fnma(own, given[2 &* b &+ 1], re))
            im = L.fma(entry[0], given[2 &* b &+ 1], L.fma(own, given[2 &* b], im))
          }
          (target[start &+ offsets[a]], target[start &+ offsets[a] &+ 1]) = (re, im)
        }
      }
    }
  }

  @inline(__always)
  private func multiplyPairs<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ matrix: UnsafeMutablePointer<L>, _ isAdjoint: Bool
  ) {
    let (bit, distance) = (bits[0], offsets[1])
    let (upper, lower) = isAdjoint ? (4, 2) : (2, 4)
    func imaginary(_ k: Int) -> L { isAdjoint ? -matrix[k &+ 1] : matrix[k &+ 1] }
    let (u00, v00, u11, v11) = (matrix[0], imaginary(0), matrix[6], imaginary(6))
    let (u01, v01, u10, v10) = (matrix[upper], imaginary(upper), matrix[lower], imaginary(lower))
    for group in 0..<groups {
      let a = 2 &* Bits.insertingZero(group, at: bit)
      let b = a &+ distance
      let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
      target[a] = L.fma(u00, ar, L.fnma(v00, ai, L.fma(u01, br, -(v01 * bi))))
      target[a &+ 1] = L.fma(u00, ai, L.fma(v00, ar, L.fma(u01, bi, v01 * br)))
      target[b] = L.fma(u10, ar, L.fnma(v10, ai, L.fma(u11, br, -(v11 * bi))))
      target[b &+ 1] = L.fma(u10, ai, L.fma(v10, ar, L.fma(u11, bi, v11 * br)))
    }
  }
}

extension ComplexMatrix {
  /// Row by row, (re, im).
  fileprivate var interleaved: [Double] { zip(re, im).flatMap { [$0, $1] } }

  fileprivate var isMultipleOfIdentity: Bool {
    let rest = self - ComplexMatrix(diagonal: (0..<rows).map { _ in self[0, 0] })
    return rest.maximumModulus < 1e-14
  }
}
