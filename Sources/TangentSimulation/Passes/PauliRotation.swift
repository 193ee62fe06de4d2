import TangentNumerics

/// exp(-i a P) for a Pauli string P that is not diagonal, a = coefficient * angle, possibly with one control qubit.
///
/// P couples index i (pivot bit 0) with j = i ^ x. With P|i> = f_i|j>, f_i is +-1 for an even number of Y ("X-like",
/// couples real with imaginary parts) and +-i for an odd one ("Y-like", real). The sign is (-1)^(bits of i in signMask).
struct PauliRotation: BitwiseCopyable {
  let slot: Int
  let yLike: Bool
  let x: Int
  let signMask: Int
  let negative: Bool
  let control: Int
  let pairs: Int
  private let inserter: BitInserter

  /// - Parameter controls: mask of at most one control bit.
  init(slot: Int, x: Int, z: Int, controls: Int, amplitudes: Int) {
    let pivot = Int.bitWidth - 1 - x.leadingZeroBitCount
    let countOfY = (x & z).nonzeroBitCount
    self.slot = slot
    yLike = countOfY & 1 == 1
    self.x = x
    signMask = z & ~(1 << pivot)
    negative = (countOfY >> 1) & 1 == 1
    control = controls
    pairs = amplitudes >> (controls == 0 ? 1 : 2)
    inserter = BitInserter(controls == 0 ? [pivot] : [pivot, controls.trailingZeroBitCount])
  }

  @inline(__always)
  private func index(_ k: Int, controlled: Bool) -> Int {
    controlled ? inserter.two(k) | control : inserter.one(k)
  }

  @inline(__always)
  private func signed<L: LaneVector>(_ s: L, _ i: Int, _ signed: Bool) -> L {
    signed && (i & signMask).nonzeroBitCount & 1 == 1 ? -s : s
  }

  /// target <- exp(-i a P) source with c = cos a, s = sin a. Source and target may be the same.
  @inline(never)
  func forward<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>, _ c: L, _ s: L
  ) {
    let s = negative ? -s : s
    var source = source
    if control != 0, source != target {
      // Amplitudes where the control is 0 stay as they are.
      target.update(from: source, count: 8 &* pairs)
      source = target
    }
    switch (yLike, signMask != 0, control != 0) {
    case (true, false, false): rotateY(source, target, c, s, signed: false, controlled: false)
    case (true, false, true): rotateY(source, target, c, s, signed: false, controlled: true)
    case (true, true, false): rotateY(source, target, c, s, signed: true, controlled: false)
    case (true, true, true): rotateY(source, target, c, s, signed: true, controlled: true)
    case (false, false, false): rotateX(source, target, c, s, signed: false, controlled: false)
    case (false, false, true): rotateX(source, target, c, s, signed: false, controlled: true)
    case (false, true, false): rotateX(source, target, c, s, signed: true, controlled: false)
    case (false, true, true): rotateX(source, target, c, s, signed: true, controlled: true)
    }
  }

  /// target += -i f P psi
  @inline(never)
  func insert<L: LaneVector>(_ psi: UnsafePointer<L>, _ f: L, into target: UnsafeMutablePointer<L>) {
    let f = negative ? -f : f
    for k in 0..<pairs {
      let i = index(k, controlled: control != 0)
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      let t = signed(f, i, signMask != 0)
      if yLike {
        target[a] = L.fnma(t, psi[b], target[a])
        target[a &+ 1] = L.fnma(t, psi[b &+ 1], target[a &+ 1])
        target[b] = L.fma(t, psi[a], target[b])
        target[b &+ 1] = L.fma(t, psi[a &+ 1], target[b &+ 1])
      } else {
        target[a] = L.fma(t, psi[b &+ 1], target[a])
        target[a &+ 1] = L.fnma(t, psi[b], target[a &+ 1])
        target[b] = L.fma(t, psi[a &+ 1], target[b])
        target[b &+ 1] = L.fnma(t, psi[a], target[b &+ 1])
      }
    }
  }

  /// Im <lambda|P|psi>
  @inline(never)
  func overlap<L: LaneVector>(_ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>) -> L {
    let sum =
      switch (yLike, signMask != 0) {
      case (true, false): overlapY(psi, lambda, signed: false)
      case (true, true): overlapY(psi, lambda, signed: true)
      case (false, false): overlapX(psi, lambda, signed: false)
      case (false, true): overlapX(psi, lambda, signed: true)
      }
    return negative ? -sum : sum
  }

  @inline(__always)
  private func rotateY<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>, _ c: L, _ s: L,
    signed isSigned: Bool, controlled: Bool
  ) {
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      let t = signed(s, i, isSigned)
      let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
      target[a] = L.fnma(t, br, c * ar)
      target[a &+ 1] = L.fnma(t, bi, c * ai)
      target[b] = L.fma(t, ar, c * br)
      target[b &+ 1] = L.fma(t, ai, c * bi)
    }
  }

  @inline(__always)
  private func rotateX<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>, _ c: L, _ s: L,
    signed isSigned: Bool, controlled: Bool
  ) {
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      let t = signed(s, i, isSigned)
      let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
      target[a] = L.fma(t, bi, c * ar)
      target[a &+ 1] = L.fnma(t, br, c * ai)
      target[b] = L.fma(t, ai, c * br)
      target[b &+ 1] = L.fnma(t, ar, c * bi)
    }
  }

  @inline(__always)
  private func overlapY<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, signed isSigned: Bool
  )
    -> L
  {
    var sum = L.zero
    for k in 0..<pairs {
      let i = control == 0 ? inserter.one(k) : inserter.two(k) | control
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      let p = L.fma(lambda[b], psi[a], lambda[b &+ 1] * psi[a &+ 1])
      let m = L.fma(lambda[a], psi[b], lambda[a &+ 1] * psi[b &+ 1])
      sum += signed(p - m, i, isSigned)
    }
    return sum
  }

  @inline(__always)
  private func overlapX<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, signed isSigned: Bool
  )
    -> L
  {
    var sum = L.zero
    for k in 0..<pairs {
      let i = control == 0 ? inserter.one(k) : inserter.two(k) | control
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      let p = L.fma(lambda[a], psi[b &+ 1], lambda[b] * psi[a &+ 1])
      let m = L.fma(lambda[a &+ 1], psi[b], lambda[b &+ 1] * psi[a])
      sum += signed(p - m, i, isSigned)
    }
    return sum
  }
}
