import TangentNumerics

/// One or two rotations about strings on the lane number alone, where the lanes of a vector are amplitudes of one state: a
/// walk of multiply-adds with the same vector's lanes in another order.
///
/// In tangent form like `RotationGroup`. The sign that a Z gives a lane stands in the angle (`OutsideCondition`), as the lane
/// has it that is written.
struct LaneRotationGroup: BitwiseCopyable {
  let slots: SIMD2<Int>
  let count: Int
  private let masks: SIMD2<Int>
  private let yLike: (Bool, Bool)
  private let signs: SIMD2<Double>
  private let amplitudes: Int

  /// One rotation as it acts on the lanes.
  struct Member {
    let slot: Int
    /// The lanes that change places, j with j ^ mask.
    let mask: Int
    /// Whether the string has an odd number of Y, and mixes real with real parts.
    let yLike: Bool
    let sign: Double
  }

  private init(_ members: [Member], amplitudes: Int) {
    let (first, last) = (members[0], members[members.count - 1])
    slots = SIMD2(first.slot, last.slot)
    count = members.count
    masks = SIMD2(first.mask, last.mask)
    yLike = (first.yLike, last.yLike)
    signs = SIMD2(first.sign, last.sign)
    self.amplitudes = amplitudes
  }

  /// Rotations that commute: those of lanes 1 and 2 together, the others alone.
  static func groups(_ members: [Member], amplitudes: Int) -> [LaneRotationGroup] {
    var (low, high) = (members.filter { $0.mask == 1 }, members.filter { $0.mask == 2 })
    var result: [LaneRotationGroup] = []
    while let a = low.last, let b = high.last {
      result.append(LaneRotationGroup([a, b], amplitudes: amplitudes))
      low.removeLast()
      high.removeLast()
    }
    let others = low + high + members.filter { $0.mask == 3 }
    return result + others.map { LaneRotationGroup([$0], amplitudes: amplitudes) }
  }

  /// target <- rotations source; `sign` -1 undoes them. Source and target may be the same. Unless it is scaled, the result
  /// is too large by the product of the cosines.
  func forward<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ values: UnsafePointer<AngleValue<L>>, sign: Double, isScaled: Bool
  ) {
    let first = Turn<L>(values[slots[0]], sign * signs[0])
    if count == 2 {
      let second = Turn<L>(values[slots[1]], sign * signs[1])
      let scale = first.cosine * second.cosine
      switch (yLike.0, yLike.1) {
      case (true, true): rotate(source, target, first, second, scale, isScaled, Pair<3>.self)
      case (true, false): rotate(source, target, first, second, scale, isScaled, Pair<1>.self)
      case (false, true): rotate(source, target, first, second, scale, isScaled, Pair<2>.self)
      case (false, false): rotate(source, target, first, second, scale, isScaled, Pair<0>.self)
      }
      return
    }
    switch (masks[0], yLike.0) {
    case (1, true): rotate(source, target, first, isScaled, One<5>.self)
    case (1, false): rotate(source, target, first, isScaled, One<1>.self)
    case (2, true): rotate(source, target, first, isScaled, One<6>.self)
    case (2, false): rotate(source, target, first, isScaled, One<2>.self)
    case (_, true): rotate(source, target, first, isScaled, One<7>.self)
    case (_, false): rotate(source, target, first, isScaled, One<3>.self)
    }
  }

  /// Im <lambda|P|psi> of every rotation into its slot's place, without the signs that Z gives the lanes.
  func overlaps<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, into gradients: UnsafeMutablePointer<L>
  ) {
    for k in 0..<count {
      let sum: L =
        switch (masks[k], k == 0 ? yLike.0 : yLike.1) {
        case (1, true): overlap(psi, lambda, One<5>.self)
        case (1, false): overlap(psi, lambda, One<1>.self)
        case (2, true): overlap(psi, lambda, One<6>.self)
        case (2, false): overlap(psi, lambda, One<2>.self)
        case (_, true): overlap(psi, lambda, One<7>.self)
        case (_, false): overlap(psi, lambda, One<3>.self)
        }
      gradients[slots[k]] = L(constant: signs[k]) * sum
    }
  }

  // MARK: Kernels

  /// Constants of the compiler: a mask, and 4 where the string is Y-like; which of a pair are, by their masks.
  private enum One<let kind: Int> {}
  private enum Pair<let kinds: Int> {}

  private struct Turn<L: LaneVector>: BitwiseCopyable {
    let cosine: L
    let tangent: L

    init(_ value: AngleValue<L>, _ sign: Double) {
      cosine = value.cosine
      tangent = value.tangent * L(constant: sign)
    }

    @inline(__always)
    func rotated(_ re: L, _ im: L, _ mask: Int, yLike: Bool) -> (L, L) {
      let (a, b) = (re.exchanged(mask), im.exchanged(mask))
      return yLike
        ? (L.fma(tangent, a, re), L.fma(tangent, b, im)) : (L.fma(tangent, b, re), L.fnma(tangent, a, im))
    }
  }

  @inline(never)
  private func rotate<L: LaneVector, let kinds: Int>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>, _ first: Turn<L>, _ second: Turn<L>,
    _ scale: L, _ isScaled: Bool, _: Pair<kinds>.Type
  ) {
    for v in 0..<amplitudes {
      let (re, im) = first.rotated(source[2 &* v], source[2 &* v &+ 1], 1, yLike: kinds & 1 != 0)
      let (a, b) = second.rotated(re, im, 2, yLike: kinds & 2 != 0)
      (target[2 &* v], target[2 &* v &+ 1]) = isScaled ? (scale * a, scale * b) : (a, b)
    }
  }

  @inline(never)
  private func rotate<L: LaneVector, let kind: Int>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>, _ turn: Turn<L>, _ isScaled: Bool,
    _: One<kind>.Type
  ) {
    for v in 0..<amplitudes {
      let (a, b) = turn.rotated(source[2 &* v], source[2 &* v &+ 1], kind & 3, yLike: kind & 4 != 0)
      (target[2 &* v], target[2 &* v &+ 1]) = isScaled ? (turn.cosine * a, turn.cosine * b) : (a, b)
    }
  }

  @inline(never)
  private func overlap<L: LaneVector, let kind: Int>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, _: One<kind>.Type
  ) -> L {
    // Two sums side by side: an addition waits for the one before it.
    var (even, odd) = (L.zero, L.zero)
    var v = 0
    while v < amplitudes {
      even += term(psi + 2 &* v, lambda + 2 &* v, One<kind>.self)
      odd += term(psi + 2 &* (v &+ 1), lambda + 2 &* (v &+ 1), One<kind>.self)
      v &+= 2
    }
    return even + odd
  }

  @inline(__always)
  private func term<L: LaneVector, let kind: Int>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, _: One<kind>.Type
  ) -> L {
    let (re, im) = (psi[0].exchanged(kind & 3), psi[1].exchanged(kind & 3))
    return kind & 4 != 0 ? L.fma(lambda[1], im, lambda[0] * re) : L.fnma(lambda[1], re, lambda[0] * im)
  }
}
