import TangentNumerics

/// All diagonal gates between two mixing passes: one table of phases, and the derivatives of all of them from
/// w_i = Im(conj(lambda_i) psi_i).
struct DiagonalPass: BitwiseCopyable {
  /// exp(-i a Z_mask), a = coefficient * angle of the slot; mask 0 is a global phase.
  struct MaskTerm: BitwiseCopyable {
    let slot: Int
    let mask: Int
  }

  /// exp(-i a E), E diagonal with the given eigenvalues on some bits.
  struct SpectralTerm: BitwiseCopyable {
    let slot: Int
    let eigenvalues: UnsafePointer<Double>
    /// Where local index r lies within a group, and the groups' bits, ascending.
    let offsets: UnsafePointer<Int>
    let bits: UnsafePointer<Int>
    let bitCount: Int
    let wantsGradient: Bool

    @inline(__always)
    func base(_ group: Int) -> Int {
      var index = group
      for k in 0..<bitCount {
        let low = index & ((1 &<< bits[k]) &- 1)
        index = ((index &- low) &<< 1) | low
      }
      return index
    }
  }

  /// A slot whose derivative is a folded sum.
  struct GradientTerm: BitwiseCopyable {
    let slot: Int
    let sum: Int
  }

  let amplitudes: Int
  let masks: UnsafePointer<MaskTerm>
  let maskCount: Int
  let spectra: UnsafePointer<SpectralTerm>
  let spectrumCount: Int
  /// The fixed gates' phases, real parts then imaginary parts, or nil.
  let fixed: UnsafePointer<Double>?
  /// Slots of the rotations in the pass before, whose cosines this pass's table takes over.
  private(set) var cosines: UnsafePointer<Int>?
  private(set) var cosineCount = 0
  let fold: FoldProgram
  let gradients: UnsafePointer<GradientTerm>
  let gradientCount: Int
  let wantsGradient: Bool
  /// Whether lanes have phases of their own even where they share their parameters.
  let variesByLane: Bool
  /// Where this pass's table begins among all tables, and among those that vary by lane.
  let tableOffset: Int
  let laneTableOffset: Int

  mutating func take(cosinesOf slots: [Int], arena: Arena) {
    cosines = arena.copy(slots)
    cosineCount = slots.count
  }

  /// The product of the cosines that this pass takes over.
  @inline(__always)
  func deferredCosines<L: LaneVector>(_ angles: UnsafePointer<AngleValue<L>>) -> L {
    var product = L(constant: 1)
    guard let cosines else { return product }
    for k in 0..<cosineCount { product = product * angles[cosines[k]].cosine }
    return product
  }

  /// target <- D source, or D^dagger source, with the table's real parts, then imaginary parts.
  @inline(__always)
  func apply<T: PhaseNumber>(
    _ source: UnsafeMutablePointer<T.Vector>, _ target: UnsafeMutablePointer<T.Vector>,
    _ table: UnsafePointer<T>,
    inverse: Bool
  ) {
    let imaginary = table + amplitudes
    for i in 0..<amplitudes {
      let (tr, ti) = (table[i].lane, imaginary[i].lane)
      let (re, im) = (source[2 &* i], source[2 &* i &+ 1])
      target[2 &* i] = inverse ? T.Vector.fma(ti, im, tr * re) : T.Vector.fnma(ti, im, tr * re)
      target[2 &* i &+ 1] = inverse ? T.Vector.fnma(ti, re, tr * im) : T.Vector.fma(ti, re, tr * im)
    }
  }

  /// Both states <- D^dagger of them, and w.
  @inline(__always)
  func undo<T: PhaseNumber>(
    _ lambda: UnsafeMutablePointer<T.Vector>, and psi: UnsafeMutablePointer<T.Vector>,
    _ table: UnsafePointer<T>, w: UnsafeMutablePointer<T.Vector>
  ) {
    let imaginary = table + amplitudes
    for i in 0..<amplitudes {
      let (tr, ti) = (table[i].lane, imaginary[i].lane)
      let (er, ei) = (lambda[2 &* i], lambda[2 &* i &+ 1])
      let (pr, pi) = (psi[2 &* i], psi[2 &* i &+ 1])
      let (re, im) = (T.Vector.fma(ti, ei, tr * er), T.Vector.fnma(ti, er, tr * ei))
      let (a, b) = (T.Vector.fma(ti, pi, tr * pr), T.Vector.fnma(ti, pr, tr * pi))
      lambda[2 &* i] = re
      lambda[2 &* i &+ 1] = im
      psi[2 &* i] = a
      psi[2 &* i &+ 1] = b
      w[i] = T.Vector.fnma(im, a, re * b)
    }
  }

  /// lambda <- D^dagger lambda, and w from it and the state before the pass.
  @inline(__always)
  func undo<T: PhaseNumber>(
    _ lambda: UnsafeMutablePointer<T.Vector>, before psi: UnsafePointer<T.Vector>, _ table: UnsafePointer<T>,
    w: UnsafeMutablePointer<T.Vector>
  ) {
    let imaginary = table + amplitudes
    for i in 0..<amplitudes {
      let (tr, ti) = (table[i].lane, imaginary[i].lane)
      let (er, ei) = (lambda[2 &* i], lambda[2 &* i &+ 1])
      let re = T.Vector.fma(ti, ei, tr * er)
      let im = T.Vector.fnma(ti, er, tr * ei)
      lambda[2 &* i] = re
      lambda[2 &* i &+ 1] = im
      w[i] = T.Vector.fnma(im, psi[2 &* i], re * psi[2 &* i &+ 1])
    }
  }

  /// Im <lambda|G|psi> of every slot of the pass that wants it, from w.
  func accumulate<L: LaneVector>(
    w: UnsafeMutablePointer<L>, sums: UnsafeMutablePointer<L>, into gradient: UnsafeMutablePointer<L>
  ) {
    for t in 0..<spectrumCount where spectra[t].wantsGradient {
      let term = spectra[t]
      let size = 1 << term.bitCount
      var sum = L.zero
      for group in 0..<(amplitudes >> term.bitCount) {
        let base = term.base(group)
        for r in 0..<size { sum += w[base | term.offsets[r]] * L(constant: term.eigenvalues[r]) }
      }
      gradient[term.slot] = sum
    }
    guard gradientCount > 0 else { return }
    fold.run(w, sums: sums)
    for k in 0..<gradientCount { gradient[gradients[k].slot] = sums[gradients[k].sum] }
  }
}
