import CTangentVector
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
  private func signed(_ s: Lane, _ i: Int, _ signed: Bool) -> Lane {
    signed && (i & signMask).nonzeroBitCount & 1 == 1 ? -s : s
  }

  /// target <- exp(-i a P) source with c = cos a, s = sin a. Source and target may be the same.
  @inline(never)
  func forward(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane
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

  /// Im <lambda|P|psi>
  @inline(never)
  func overlap(_ psi: UnsafePointer<Lane>, _ lambda: UnsafePointer<Lane>) -> Lane {
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
  private func rotateY(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane,
    signed isSigned: Bool, controlled: Bool
  ) {
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      let t = signed(s, i, isSigned)
      let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
      target[a] = ctv_fnma(t, br, c * ar)
      target[a &+ 1] = ctv_fnma(t, bi, c * ai)
      target[b] = ctv_fma(t, ar, c * br)
      target[b &+ 1] = ctv_fma(t, ai, c * bi)
    }
  }

  @inline(__always)
  private func rotateX(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane,
    signed isSigned: Bool, controlled: Bool
  ) {
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      let t = signed(s, i, isSigned)
      let (ar, ai, br, bi) = (source[a], source[a &+ 1], source[b], source[b &+ 1])
      target[a] = ctv_fma(t, bi, c * ar)
      target[a &+ 1] = ctv_fnma(t, br, c * ai)
      target[b] = ctv_fma(t, ai, c * br)
      target[b &+ 1] = ctv_fnma(t, ar, c * bi)
    }
  }

  @inline(__always)
  private func overlapY(_ psi: UnsafePointer<Lane>, _ lambda: UnsafePointer<Lane>, signed isSigned: Bool)
    -> Lane
  {
    var (plus, minus) = (Lane.zero, Lane.zero)
    for k in 0..<pairs {
      let i = control == 0 ? inserter.one(k) : inserter.two(k) | control
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      if isSigned {
        let p = ctv_fma(lambda[b], psi[a], lambda[b &+ 1] * psi[a &+ 1])
        let m = ctv_fma(lambda[a], psi[b], lambda[a &+ 1] * psi[b &+ 1])
        plus += signed(p - m, i, true)
      } else {
        plus = ctv_fma(lambda[b &+ 1], psi[a &+ 1], ctv_fma(lambda[b], psi[a], plus))
        minus = ctv_fma(lambda[a &+ 1], psi[b &+ 1], ctv_fma(lambda[a], psi[b], minus))
      }
    }
    return plus - minus
  }

  @inline(__always)
  private func overlapX(_ psi: UnsafePointer<Lane>, _ lambda: UnsafePointer<Lane>, signed isSigned: Bool)
    -> Lane
  {
    var (plus, minus) = (Lane.zero, Lane.zero)
    for k in 0..<pairs {
      let i = control == 0 ? inserter.one(k) : inserter.two(k) | control
      let (a, b) = (2 &* i, 2 &* (i ^ x))
      if isSigned {
        let p = ctv_fma(lambda[a], psi[b &+ 1], lambda[b] * psi[a &+ 1])
        let m = ctv_fma(lambda[a &+ 1], psi[b], lambda[b &+ 1] * psi[a])
        plus += signed(p - m, i, true)
      } else {
        plus = ctv_fma(lambda[b], psi[a &+ 1], ctv_fma(lambda[a], psi[b &+ 1], plus))
        minus = ctv_fma(lambda[b &+ 1], psi[a], ctv_fma(lambda[a &+ 1], psi[b], minus))
      }
    }
    return plus - minus
  }
}
