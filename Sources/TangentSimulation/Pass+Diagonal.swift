import CTangentVector
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
  /// What follows the phases in the same walk, if anything; derivatives are of the phases alone.
  let permutation: PermutationPass?
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

  /// target <- P D source, or its inverse, with the table's real parts, then imaginary parts.
  @inline(__always)
  func apply<T: PhaseNumber>(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ table: UnsafePointer<T>,
    inverse: Bool
  ) {
    let imaginary = table + amplitudes
    func change(_ i: Int, _ re: Lane, _ im: Lane) -> (Lane, Lane) {
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

  /// Both states <- D^dagger of them, and w, for a pass without a permutation.
  @inline(__always)
  func undo<T: PhaseNumber>(
    _ lambda: UnsafeMutablePointer<Lane>, and psi: UnsafeMutablePointer<Lane>, _ table: UnsafePointer<T>,
    w: UnsafeMutablePointer<Lane>
  ) {
    let imaginary = table + amplitudes
    for i in 0..<amplitudes {
      let (tr, ti) = (table[i].lane, imaginary[i].lane)
      let (re, im) = product(lambda[2 &* i], lambda[2 &* i &+ 1], tr, ti, conjugated: true)
      let (a, b) = product(psi[2 &* i], psi[2 &* i &+ 1], tr, ti, conjugated: true)
      (lambda[2 &* i], lambda[2 &* i &+ 1]) = (re, im)
      (psi[2 &* i], psi[2 &* i &+ 1]) = (a, b)
      w[i] = ctv_fnma(im, a, re * b)
    }
  }

  /// lambda <- (P D)^dagger lambda, and w from it and the state before the pass.
  @inline(__always)
  func undo<T: PhaseNumber>(
    _ lambda: UnsafeMutablePointer<Lane>, before psi: UnsafePointer<Lane>, _ table: UnsafePointer<T>,
    w: UnsafeMutablePointer<Lane>
  ) {
    let imaginary = table + amplitudes
    func change(_ i: Int, _ re: Lane, _ im: Lane) -> (Lane, Lane) {
      let (re, im) = product(re, im, table[i].lane, imaginary[i].lane, conjugated: true)
      w[i] = ctv_fnma(im, psi[2 &* i], re * psi[2 &* i &+ 1])
      return (re, im)
    }
    if let permutation {
      permutation.backward(lambda, lambda, change: change)
    } else {
      for i in 0..<amplitudes {
        (lambda[2 &* i], lambda[2 &* i &+ 1]) = change(i, lambda[2 &* i], lambda[2 &* i &+ 1])
      }
    }
  }

  @inline(__always)
  private func product(
    _ re: Lane, _ im: Lane, _ tr: Lane, _ ti: Lane, conjugated: Bool
  ) -> (Lane, Lane) {
    conjugated
      ? (ctv_fma(ti, im, tr * re), ctv_fnma(ti, re, tr * im))
      : (ctv_fnma(ti, im, tr * re), ctv_fma(ti, re, tr * im))
  }

  /// Im <lambda|G|psi> of every slot of the pass that wants it, from w.
  func accumulate(
    w: UnsafeMutablePointer<Lane>, sums: UnsafeMutablePointer<Lane>, into gradient: UnsafeMutablePointer<Lane>
  ) {
    for t in 0..<spectrumCount where spectra[t].wantsGradient {
      let term = spectra[t]
      let size = 1 << term.bitCount
      var sum = Lane.zero
      for group in 0..<(amplitudes >> term.bitCount) {
        let base = term.base(group)
        for r in 0..<size { sum += w[base | term.offsets[r]] * term.eigenvalues[r] }
      }
      gradient[term.slot] = sum
    }
    guard gradientCount > 0 else { return }
    fold.run(w, sums: sums)
    for k in 0..<gradientCount { gradient[gradients[k].slot] = sums[gradients[k].sum] }
  }
}

/// A phase table's number: one for all lanes, or one a lane.
protocol PhaseNumber {
  static func * (a: Self, b: Self) -> Self
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  init(lane: Lane)
  init(constant: Double)
  var lane: Lane { get }
}

extension Double: PhaseNumber {
  @inline(__always) init(lane: Lane) { self = lane[0] }
  @inline(__always) init(constant: Double) { self = constant }
  @inline(__always) var lane: Lane { Lane(repeating: self) }
}

extension Lane: PhaseNumber {
  @inline(__always) init(lane: Lane) { self = lane }
  @inline(__always) init(constant: Double) { self = Lane(repeating: constant) }
  @inline(__always) var lane: Lane { self }
}
