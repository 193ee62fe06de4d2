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
      for k in 0..<bitCount { index = Bits.insertingZero(index, at: bits[k]) }
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
  /// Whether a phase or a cosine does.
  private(set) var dependsOnFeatures: Bool
  let fold: FoldProgram
  let gradients: UnsafePointer<GradientTerm>
  let gradientCount: Int
  /// What follows the phases in the same walk, if anything; derivatives are of the phases alone.
  let permutation: PermutationPass?
  let wantsGradient: Bool
  /// Whether the derivative of a spectrum reads w.
  let wantsWholeW: Bool
  /// Whether lanes have phases of their own even where they share their parameters.
  let variesByLane: Bool
  /// Where this pass's table begins among all tables, and among those that vary by lane.
  let tableOffset: Int
  let laneTableOffset: Int

  mutating func take(cosinesOf slots: [Int], dependingOnFeatures: Bool, arena: Arena) {
    dependsOnFeatures = dependsOnFeatures || dependingOnFeatures
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

  /// target <- P D source, or its inverse, with the table's real parts, then imaginary parts.
  @inline(__always)
  func apply<T: PhaseNumber>(
    _ source: UnsafeMutablePointer<T.Vector>, _ target: UnsafeMutablePointer<T.Vector>,
    _ table: UnsafePointer<T>,
    inverse: Bool
  ) {
    let imaginary = table + amplitudes
    func change(_ i: Int, _ re: T.Vector, _ im: T.Vector) -> (T.Vector, T.Vector) {
      product(re, im, table[i].lane, imaginary[i].lane, conjugated: inverse)
    }
    if let permutation {
      if inverse {
        permutation.backward(source, target, change: change)
      } else {
        permutation.forward(source, target, change: change)
      }
    } else {
      for i in 0..<amplitudes {
        (target[2 &* i], target[2 &* i &+ 1]) = change(i, source[2 &* i], source[2 &* i &+ 1])
      }
    }
  }

  /// Both states <- D^dagger of them, and w (`collect`), for a pass without a permutation.
  @inline(__always)
  func undo<T: PhaseNumber>(
    _ lambda: UnsafeMutablePointer<T.Vector>, and psi: UnsafeMutablePointer<T.Vector>,
    _ table: UnsafePointer<T>, w: UnsafeMutablePointer<T.Vector>, sums: UnsafeMutablePointer<T.Vector>
  ) {
    let imaginary = table + amplitudes
    collect(w, sums: sums) { i in
      let (tr, ti) = (table[i].lane, imaginary[i].lane)
      let (re, im) = product(lambda[2 &* i], lambda[2 &* i &+ 1], tr, ti, conjugated: true)
      let (a, b) = product(psi[2 &* i], psi[2 &* i &+ 1], tr, ti, conjugated: true)
      (lambda[2 &* i], lambda[2 &* i &+ 1]) = (re, im)
      (psi[2 &* i], psi[2 &* i &+ 1]) = (a, b)
      return T.Vector.fnma(im, a, re * b)
    }
  }

  /// lambda <- (P D)^dagger lambda, and w from it and the state before the pass (`collect`).
  @inline(__always)
  func undo<T: PhaseNumber>(
    _ lambda: UnsafeMutablePointer<T.Vector>, before psi: UnsafePointer<T.Vector>, _ table: UnsafePointer<T>,
    w: UnsafeMutablePointer<T.Vector>, sums: UnsafeMutablePointer<T.Vector>
  ) {
    let imaginary = table + amplitudes
    if let permutation {
      permutation.backward(lambda, lambda) { i, re, im in
        let (re, im) = product(re, im, table[i].lane, imaginary[i].lane, conjugated: true)
        w[i] = T.Vector.fnma(im, psi[2 &* i], re * psi[2 &* i &+ 1])
        return (re, im)
      }
    } else {
      collect(w, sums: sums) { i in
        let (re, im) = product(
          lambda[2 &* i], lambda[2 &* i &+ 1], table[i].lane, imaginary[i].lane, conjugated: true)
        (lambda[2 &* i], lambda[2 &* i &+ 1]) = (re, im)
        return T.Vector.fnma(im, psi[2 &* i], re * psi[2 &* i &+ 1])
      }
    }
  }

  /// Whether the first step of the fold is done while w is made.
  @inline(__always)
  private var foldsAtOnce: Bool { fold.firstResult >= 0 && permutation == nil && !wantsWholeW }

  /// w from its elements; its first fold is done at once where it can be, which saves a walk.
  @inline(__always)
  func collect<L: LaneVector>(
    _ w: UnsafeMutablePointer<L>, sums: UnsafeMutablePointer<L>, element: (Int) -> L
  ) {
    guard foldsAtOnce else {
      for i in 0..<amplitudes { w[i] = element(i) }
      return
    }
    let half = amplitudes / 2
    var difference = L.zero
    for i in 0..<half {
      let (a, b) = (element(i), element(i &+ half))
      w[i] = a + b
      difference += a - b
    }
    sums[fold.firstResult] = difference
  }

  @inline(__always)
  private func product<L: LaneVector>(
    _ re: L, _ im: L, _ tr: L, _ ti: L, conjugated: Bool
  ) -> (L, L) {
    conjugated
      ? (L.fma(ti, im, tr * re), L.fnma(ti, re, tr * im))
      : (L.fnma(ti, im, tr * re), L.fma(ti, re, tr * im))
  }

  /// Im <lambda|G|psi> of every slot of the pass that wants it, from w and the sums that `undo` left.
  @inline(__always)
  func accumulate<L: LaneVector>(
    w: UnsafeMutablePointer<L>, sums: UnsafeMutablePointer<L>, into gradient: UnsafeMutablePointer<L>
  ) {
    for t in 0..<spectrumCount where spectra[t].wantsGradient {
      gradient[spectra[t].slot] = weightedSum(w, spectra[t])
    }
    guard gradientCount > 0 else { return }
    fold.run(w, sums: sums, isBegun: foldsAtOnce)
    for k in 0..<gradientCount { gradient[gradients[k].slot] = sums[gradients[k].sum] }
  }

  /// sum_i E_i w_i
  @inline(never)
  private func weightedSum<L: LaneVector>(_ w: UnsafePointer<L>, _ term: SpectralTerm) -> L {
    let size = 1 << term.bitCount
    var sum = L.zero
    for group in 0..<(amplitudes >> term.bitCount) {
      let base = term.base(group)
      for r in 0..<size { sum += w[base | term.offsets[r]] * L(constant: term.eigenvalues[r]) }
    }
    return sum
  }
}
