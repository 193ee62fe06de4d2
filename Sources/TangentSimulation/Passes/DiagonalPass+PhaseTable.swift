import CTangentVector
import TangentNumerics

extension DiagonalPass {
  /// Fills the pass's phase table (real parts, then imaginary parts) from the slots' cosines and sines.
  ///
  /// Single qubits by doubling (each costs its half of the table once), longer masks by a sign a run of equal parity,
  /// the fixed gates from their own table at the end.
  @inline(__always)
  func build<T: PhaseNumber>(
    _ table: UnsafeMutablePointer<T>, _ angles: UnsafePointer<AngleValue<T.Vector>>, _ scaling: Scaling,
    scratch: UnsafeMutablePointer<T>
  ) {
    let re = table
    let im = table + amplitudes
    re[0] = scaling == .inNextDiagonal ? T(lane: deferredCosines(angles)) : T(constant: 1)
    im[0] = T(constant: 0)
    multiply(re, im, at: 0, by: phase(ofMask: 0, angles) as (T, T))
    var half = 1
    while half < amplitudes {
      let (c, s): (T, T) = phase(ofMask: half, angles)
      // The phase is exp(-i a) where the bit is 0 and exp(+i a) where it is 1; (c, s) = exp(-i a).
      for i in 0..<half {
        let (a, b) = (re[i], im[i])
        re[i] = a * c - b * s
        im[i] = a * s + b * c
        re[i &+ half] = a * c + b * s
        im[i &+ half] = b * c - a * s
      }
      half <<= 1
    }
    for k in 0..<maskCount where masks[k].mask.nonzeroBitCount > 1 {
      multiply(re, im, byMask: masks[k].mask, phase(ofSlot: masks[k].slot, angles))
    }
    for k in 0..<spectrumCount { multiply(re, im, by: spectra[k], angles, scratch) }
    if let fixed {
      for i in 0..<amplitudes {
        multiply(re, im, at: i, by: (T(constant: fixed[i]), T(constant: fixed[i &+ amplitudes])))
      }
    }
  }

  @inline(__always)
  private func phase<T: PhaseNumber>(ofSlot slot: Int, _ angles: UnsafePointer<AngleValue<T.Vector>>) -> (
    T, T
  ) {
    (T(lane: angles[slot].cosine), T(lane: -angles[slot].sine))
  }

  /// The product of exp(-i a) over all slots with this mask.
  @inline(__always)
  private func phase<T: PhaseNumber>(ofMask mask: Int, _ angles: UnsafePointer<AngleValue<T.Vector>>) -> (
    T, T
  ) {
    var (re, im) = (T(constant: 1), T(constant: 0))
    for k in 0..<maskCount where masks[k].mask == mask {
      let (c, s): (T, T) = phase(ofSlot: masks[k].slot, angles)
      (re, im) = (re * c - im * s, re * s + im * c)
    }
    return (re, im)
  }

  @inline(__always)
  private func multiply<T: PhaseNumber>(
    _ re: UnsafeMutablePointer<T>, _ im: UnsafeMutablePointer<T>, at i: Int, by factor: (T, T)
  ) {
    let (a, b) = (re[i], im[i])
    re[i] = a * factor.0 - b * factor.1
    im[i] = a * factor.1 + b * factor.0
  }

  @inline(__always)
  private func multiply<T: PhaseNumber>(
    _ re: UnsafeMutablePointer<T>, _ im: UnsafeMutablePointer<T>, byMask mask: Int, _ factor: (T, T)
  ) {
    let run = mask & (0 &- mask)
    let minus = T(constant: 0) - factor.1
    var start = 0
    while start < amplitudes {
      let s = (start & mask).nonzeroBitCount & 1 == 1 ? minus : factor.1
      for i in start..<(start &+ run) { multiply(re, im, at: i, by: (factor.0, s)) }
      start &+= run
    }
  }

  @inline(__always)
  private func multiply<T: PhaseNumber>(
    _ re: UnsafeMutablePointer<T>, _ im: UnsafeMutablePointer<T>, by term: SpectralTerm,
    _ angles: UnsafePointer<AngleValue<T.Vector>>, _ scratch: UnsafeMutablePointer<T>
  ) {
    let size = 1 << term.bitCount
    let angle = angles[term.slot].plainAngle
    for r in 0..<size {
      var (c, s) = (T.Vector.Wide.zero, T.Vector.Wide.zero)
      for lane in 0..<T.Vector.scalarCount {
        var (sine, cosine) = (0.0, 0.0)
        ctv_sincos(angle[lane] * term.eigenvalues[r], &sine, &cosine)
        c[lane] = cosine
        s[lane] = -sine
      }
      scratch[2 &* r] = T(lane: T.Vector(rounding: c))
      scratch[2 &* r &+ 1] = T(lane: T.Vector(rounding: s))
    }
    for group in 0..<(amplitudes >> term.bitCount) {
      let base = term.base(group)
      for r in 0..<size {
        multiply(re, im, at: base | term.offsets[r], by: (scratch[2 &* r], scratch[2 &* r &+ 1]))
      }
    }
  }
}
