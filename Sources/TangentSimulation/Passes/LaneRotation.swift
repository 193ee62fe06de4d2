import TangentNumerics

/// exp(-i a P) for a Pauli string that mixes lanes and has factors on the amplitude index as well, possibly with a control
/// bit there; lanes as in `LaneRotationGroup`.
struct LaneRotation: BitwiseCopyable {
  let slot: Int
  private let mask: Int
  private let x: Int
  private let z: Int
  private let control: Int
  private let yLike: Bool
  private let sign: Double
  private let amplitudes: Int

  /// - Parameters:
  ///   - lanes: what the string does to lanes, with its sign.
  ///   - controls: at most one bit.
  init(_ lanes: LaneRotationGroup.Member, x: Int, z: Int, controls: Int, amplitudes: Int) {
    slot = lanes.slot
    (mask, yLike, sign) = (lanes.mask, lanes.yLike, lanes.sign)
    (self.x, self.z, control) = (x, z, controls)
    self.amplitudes = amplitudes
  }

  /// target <- exp(-i a P) source with c = cos a, s = sin a. Source and target may be the same.
  @inline(never)
  func forward<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>, _ c: L, _ s: L
  ) {
    if source != target { target.update(from: source, count: 2 &* amplitudes) }
    let s = L(constant: sign) * s
    for v in 0..<amplitudes where v & control == control && v <= v ^ x {
      let u = v ^ x
      let (own, other) = (image(target, of: v), image(target, of: u))
      rotate(target + 2 &* v, c, s, other)
      if u != v { rotate(target + 2 &* u, c, s, own) }
    }
  }

  /// Im <lambda|P|psi>, without the signs that Z gives the lanes.
  @inline(never)
  func overlap<L: LaneVector>(_ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>) -> L {
    var sum = L.zero
    for v in 0..<amplitudes where v & control == control {
      let (re, im) = image(UnsafeMutablePointer(mutating: psi), of: v ^ x)
      let (a, b) = (lambda[2 &* v], lambda[2 &* v &+ 1])
      sum = yLike ? L.fma(a, re, L.fma(b, im, sum)) : L.fnma(b, re, L.fma(a, im, sum))
    }
    return L(constant: sign) * sum
  }

  /// Vector v as P brings it to vector v ^ x, up to its constant factor.
  @inline(__always)
  private func image<L: LaneVector>(_ psi: UnsafeMutablePointer<L>, of v: Int) -> (re: L, im: L) {
    let (re, im) = (psi[2 &* v].exchanged(mask), psi[2 &* v &+ 1].exchanged(mask))
    return (v & z).nonzeroBitCount & 1 == 1 ? (-re, -im) : (re, im)
  }

  @inline(__always)
  private func rotate<L: LaneVector>(
    _ place: UnsafeMutablePointer<L>, _ c: L, _ s: L, _ image: (re: L, im: L)
  ) {
    let (re, im) = (c * place[0], c * place[1])
    place[0] = L.fma(s, yLike ? image.re : image.im, re)
    place[1] = yLike ? L.fma(s, image.im, im) : L.fnma(s, image.re, im)
  }
}
