import CTangentVector
import TangentNumerics

/// exp(-i a P) for a Pauli string P that is not diagonal, a = coefficient * angle, possibly with one control qubit.
///
/// P couples index i (pivot bit 0) with j = i ^ x. With P|i> = f_i|j>, f_i is +-1 for an even number of Y ("X-like",
/// couples real with imaginary parts) and +-i for an odd one ("Y-like", real). The sign is (-1)^(bits of i in signMask).
struct RotationPass: BitwiseCopyable {
  let slot: Int
  let wantsGradient: Bool
  let yLike: Bool
  let x: Int
  let signMask: Int
  let negative: Bool
  let control: Int
  let pairs: Int
  private let inserter: BitInserter

  /// - Parameter controls: mask of at most one control bit.
  init(slot: Int, wantsGradient: Bool, x: Int, z: Int, controls: Int, amplitudes: Int) {
    let pivot = Int.bitWidth - 1 - x.leadingZeroBitCount
    let countOfY = (x & z).nonzeroBitCount
    self.slot = slot
    self.wantsGradient = wantsGradient
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

  /// psi <- exp(-i a P) psi with c = cos a, s = sin a.
  @inline(never)
  func forward(_ psi: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane) {
    let s = negative ? -s : s
    switch (yLike, signMask != 0, control != 0) {
    case (true, false, false): forwardY(psi, c, s, signed: false, controlled: false)
    case (true, false, true): forwardY(psi, c, s, signed: false, controlled: true)
    case (true, true, false): forwardY(psi, c, s, signed: true, controlled: false)
    case (true, true, true): forwardY(psi, c, s, signed: true, controlled: true)
    case (false, false, false): forwardX(psi, c, s, signed: false, controlled: false)
    case (false, false, true): forwardX(psi, c, s, signed: false, controlled: true)
    case (false, true, false): forwardX(psi, c, s, signed: true, controlled: false)
    case (false, true, true): forwardX(psi, c, s, signed: true, controlled: true)
    }
  }

  /// Un-applies the rotation on psi and lambda; returns Im <lambda|P|psi> lane by lane (0 unless a gradient is wanted).
  @inline(never)
  func adjoint(
    _ psi: UnsafeMutablePointer<Lane>, _ lambda: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane
  ) -> Lane {
    let s = negative ? -s : s
    guard wantsGradient else {
      forward(psi, c, negative ? s : -s)
      forward(lambda, c, negative ? s : -s)
      return .zero
    }
    let sum =
      switch (yLike, signMask != 0, control != 0) {
      case (true, false, false): adjointY(psi, lambda, c, s, signed: false, controlled: false)
      case (true, false, true): adjointY(psi, lambda, c, s, signed: false, controlled: true)
      case (true, true, false): adjointY(psi, lambda, c, s, signed: true, controlled: false)
      case (true, true, true): adjointY(psi, lambda, c, s, signed: true, controlled: true)
      case (false, false, false): adjointX(psi, lambda, c, s, signed: false, controlled: false)
      case (false, false, true): adjointX(psi, lambda, c, s, signed: false, controlled: true)
      case (false, true, false): adjointX(psi, lambda, c, s, signed: true, controlled: false)
      case (false, true, true): adjointX(psi, lambda, c, s, signed: true, controlled: true)
      }
    return negative ? -sum : sum
  }

  @inline(__always)
  private func forwardY(
    _ psi: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane, signed isSigned: Bool, controlled: Bool
  ) {
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let (a, b) = (psi + (2 &* i), psi + (2 &* (i ^ x)))
      let t = signed(s, i, isSigned)
      let (ar, ai, br, bi) = (a[0], a[1], b[0], b[1])
      a[0] = ctv_fnma(t, br, c * ar)
      a[1] = ctv_fnma(t, bi, c * ai)
      b[0] = ctv_fma(t, ar, c * br)
      b[1] = ctv_fma(t, ai, c * bi)
    }
  }

  @inline(__always)
  private func forwardX(
    _ psi: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane, signed isSigned: Bool, controlled: Bool
  ) {
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let (a, b) = (psi + (2 &* i), psi + (2 &* (i ^ x)))
      let t = signed(s, i, isSigned)
      let (ar, ai, br, bi) = (a[0], a[1], b[0], b[1])
      a[0] = ctv_fma(t, bi, c * ar)
      a[1] = ctv_fnma(t, br, c * ai)
      b[0] = ctv_fma(t, ai, c * br)
      b[1] = ctv_fnma(t, ar, c * bi)
    }
  }

  @inline(__always)
  private func adjointY(
    _ psi: UnsafeMutablePointer<Lane>, _ lambda: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane,
    signed isSigned: Bool, controlled: Bool
  ) -> Lane {
    var plus = Lane.zero
    var minus = Lane.zero
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let j = i ^ x
      let t = signed(s, i, isSigned)
      let (a, b) = (psi + (2 &* i), psi + (2 &* j))
      let (e, f) = (lambda + (2 &* i), lambda + (2 &* j))
      let (ar, ai, br, bi) = (a[0], a[1], b[0], b[1])
      let (er, ei, fr, fi) = (e[0], e[1], f[0], f[1])
      if isSigned {
        let p = ctv_fma(fr, ar, fi * ai)
        let m = ctv_fma(er, br, ei * bi)
        plus = plus + signed(p - m, i, true)
      } else {
        plus = ctv_fma(fi, ai, ctv_fma(fr, ar, plus))
        minus = ctv_fma(ei, bi, ctv_fma(er, br, minus))
      }
      a[0] = ctv_fma(t, br, c * ar)
      a[1] = ctv_fma(t, bi, c * ai)
      b[0] = ctv_fnma(t, ar, c * br)
      b[1] = ctv_fnma(t, ai, c * bi)
      e[0] = ctv_fma(t, fr, c * er)
      e[1] = ctv_fma(t, fi, c * ei)
      f[0] = ctv_fnma(t, er, c * fr)
      f[1] = ctv_fnma(t, ei, c * fi)
    }
    return plus - minus
  }

  @inline(__always)
  private func adjointX(
    _ psi: UnsafeMutablePointer<Lane>, _ lambda: UnsafeMutablePointer<Lane>, _ c: Lane, _ s: Lane,
    signed isSigned: Bool, controlled: Bool
  ) -> Lane {
    var plus = Lane.zero
    var minus = Lane.zero
    for k in 0..<pairs {
      let i = index(k, controlled: controlled)
      let j = i ^ x
      let t = signed(s, i, isSigned)
      let (a, b) = (psi + (2 &* i), psi + (2 &* j))
      let (e, f) = (lambda + (2 &* i), lambda + (2 &* j))
      let (ar, ai, br, bi) = (a[0], a[1], b[0], b[1])
      let (er, ei, fr, fi) = (e[0], e[1], f[0], f[1])
      if isSigned {
        let p = ctv_fma(er, bi, fr * ai)
        let m = ctv_fma(ei, br, fi * ar)
        plus = plus + signed(p - m, i, true)
      } else {
        plus = ctv_fma(fr, ai, ctv_fma(er, bi, plus))
        minus = ctv_fma(fi, ar, ctv_fma(ei, br, minus))
      }
      a[0] = ctv_fnma(t, bi, c * ar)
      a[1] = ctv_fma(t, br, c * ai)
      b[0] = ctv_fnma(t, ai, c * br)
      b[1] = ctv_fma(t, ar, c * bi)
      e[0] = ctv_fnma(t, fi, c * er)
      e[1] = ctv_fma(t, fr, c * ei)
      f[0] = ctv_fnma(t, ei, c * fr)
      f[1] = ctv_fma(t, er, c * fi)
    }
    return plus - minus
  }
}
