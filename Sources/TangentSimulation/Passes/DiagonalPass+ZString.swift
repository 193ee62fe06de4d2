import TangentNumerics

/// A diagonal pass that is a single rotation about a Z string, as between two dense unitaries: no table, only signs.
extension DiagonalPass {
  /// Whether it is. Short runs of equal sign are better off with a table.
  @inline(__always)
  var isZString: Bool {
    maskCount == 1 && spectrumCount == 0 && fixed == nil && cosineCount == 0 && permutation == nil
      && masks[0].mask.trailingZeroBitCount >= 2
  }

  /// target <- exp(-i a Z) source, or exp(i a Z) source.
  @inline(never)
  func rotate<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ angles: UnsafePointer<AngleValue<L>>, inverse: Bool
  ) {
    let angle = angles[masks[0].slot]
    let c = angle.cosine
    forEachRun { first, count, isNegative in
      let s = isNegative != inverse ? -angle.sine : angle.sine
      for i in first..<(first &+ count) {
        let (re, im) = (source[2 &* i], source[2 &* i &+ 1])
        target[2 &* i] = L.fma(s, im, c * re)
        target[2 &* i &+ 1] = L.fnma(s, re, c * im)
      }
    }
  }

  /// lambda <- exp(i a Z) lambda, and Im <lambda|Z|psi> with the state before the pass.
  @inline(never)
  func rotateBack<L: LaneVector>(
    _ lambda: UnsafeMutablePointer<L>, before psi: UnsafePointer<L>,
    _ angles: UnsafePointer<AngleValue<L>>, into gradients: UnsafeMutablePointer<L>
  ) {
    let angle = angles[masks[0].slot]
    let c = angle.cosine
    var total = L.zero
    forEachRun { first, count, isNegative in
      let s = isNegative ? -angle.sine : angle.sine
      var (plus, minus) = (L.zero, L.zero)
      for i in first..<(first &+ count) {
        let (er, ei) = (lambda[2 &* i], lambda[2 &* i &+ 1])
        let re = L.fnma(s, ei, c * er)
        let im = L.fma(s, er, c * ei)
        lambda[2 &* i] = re
        lambda[2 &* i &+ 1] = im
        plus = L.fma(re, psi[2 &* i &+ 1], plus)
        minus = L.fma(im, psi[2 &* i], minus)
      }
      total += isNegative ? minus - plus : plus - minus
    }
    gradients[masks[0].slot] = total
  }

  /// Runs of amplitudes with the same sign.
  @inline(__always)
  private func forEachRun(_ body: (_ first: Int, _ count: Int, _ isNegative: Bool) -> Void) {
    let mask = masks[0].mask
    let run = mask == 0 ? amplitudes : mask & (0 &- mask)
    var first = 0
    while first < amplitudes {
      body(first, run, (first & mask).nonzeroBitCount & 1 == 1)
      first &+= run
    }
  }
}
