import CTangentVector
import TangentNumerics

/// The generator G of one slot's exp(-i a G), with the step that applies it. G stands before the step; it commutes with
/// all of it but a permutation at its end.
///
/// G is a Pauli string, where bits are controls only on the amplitudes that have them set; or diagonal with given
/// eigenvalues on some bits.
struct SlotGenerator: BitwiseCopyable {
  let slot: Int
  let step: Int
  private let x: Int
  private let z: Int
  private let controls: Int
  private let spectrum: DiagonalPass.SpectralTerm?

  init(_ rotation: PendingRotations.Rotation, step: Int) {
    self.init(slot: rotation.slot, step: step, x: rotation.x, z: rotation.z, controls: rotation.controls)
  }

  private init(
    slot: Int, step: Int, x: Int = 0, z: Int = 0, controls: Int = 0,
    spectrum: DiagonalPass.SpectralTerm? = nil
  ) {
    self.slot = slot
    self.step = step
    self.x = x
    self.z = z
    self.controls = controls
    self.spectrum = spectrum
  }

  /// Those of a diagonal pass. A global phase (mask 0) is left out: no expectation value and no metric sees it.
  static func all(of pass: DiagonalPass, step: Int, slots: [AngleDraft]) -> [SlotGenerator] {
    let masks = (0..<pass.maskCount).map { pass.masks[$0] }
    let spectra = (0..<pass.spectrumCount).map { pass.spectra[$0] }
    return masks.filter { $0.mask != 0 && slots[$0.slot].wantsGradient }.map {
      SlotGenerator(slot: $0.slot, step: step, z: $0.mask)
    } + spectra.filter(\.wantsGradient).map { SlotGenerator(slot: $0.slot, step: step, spectrum: $0) }
  }

  /// target += -i factor G psi
  @inline(never)
  func insert(
    _ psi: UnsafePointer<Lane>, _ factor: Lane, into target: UnsafeMutablePointer<Lane>, amplitudes: Int
  ) {
    if let spectrum {
      forEach(of: spectrum, amplitudes) { i, eigenvalue in
        let f = factor * eigenvalue
        target[2 &* i] = ctv_fma(f, psi[2 &* i &+ 1], target[2 &* i])
        target[2 &* i &+ 1] = ctv_fnma(f, psi[2 &* i], target[2 &* i &+ 1])
      }
      return
    }
    // P|i> = i^(number of Y) (-1)^(bits of i in z) |i ^ x>, and -i = i^3.
    let power = ((x & z).nonzeroBitCount &+ 3) & 3
    let factor = power & 2 == 0 ? factor : -factor
    let isImaginary = power & 1 == 1
    forEachRun(amplitudes) { first, count, isNegative in
      let f = isNegative ? -factor : factor
      let (source, out) = (psi + 2 &* first, target + 2 &* (first ^ x))
      if isImaginary {
        for k in 0..<count {
          out[2 &* k] = ctv_fnma(f, source[2 &* k &+ 1], out[2 &* k])
          out[2 &* k &+ 1] = ctv_fma(f, source[2 &* k], out[2 &* k &+ 1])
        }
      } else {
        for k in 0..<(2 &* count) { out[k] = ctv_fma(f, source[k], out[k]) }
      }
    }
  }

  /// Runs of indices that lie side by side before and after the string and share its sign.
  @inline(__always)
  private func forEachRun(_ amplitudes: Int, _ body: (_ first: Int, _ count: Int, _ isNegative: Bool) -> Void)
  {
    let bits = x | z | controls
    let run = bits & (0 &- bits)
    var first = 0
    while first < amplitudes {
      if first & controls == controls { body(first, run, (first & z).nonzeroBitCount & 1 == 1) }
      first &+= run
    }
  }

  @inline(__always)
  private func forEach(
    of spectrum: DiagonalPass.SpectralTerm, _ amplitudes: Int, _ body: (Int, Double) -> Void
  ) {
    for group in 0..<(amplitudes >> spectrum.bitCount) {
      let base = spectrum.base(group)
      for r in 0..<(1 << spectrum.bitCount) { body(base | spectrum.offsets[r], spectrum.eigenvalues[r]) }
    }
  }
}
