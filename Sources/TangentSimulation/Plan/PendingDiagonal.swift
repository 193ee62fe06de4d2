import TangentCircuits
import TangentNumerics

/// Diagonal operations on their way into one pass.
struct PendingDiagonal {
  struct Fixed: Equatable {
    let re: [Double]
    let im: [Double]
    /// Bits whose parity is a bit of the diagonal's index, the most significant one first, and whether it is turned.
    let masks: [Int]
    let turns: Int

    init(diagonal: [(re: Double, im: Double)], masks: [(mask: Int, isNegative: Bool)]) {
      re = diagonal.map(\.re)
      im = diagonal.map(\.im)
      self.masks = masks.map(\.mask)
      turns = masks.reduce(0) { $0 << 1 | ($1.isNegative ? 1 : 0) }
    }
  }

  struct Spectrum {
    let slot: Int
    let eigenvalues: [Double]
    let bits: [Int]
  }

  var masks: [DiagonalPass.MaskTerm] = []
  var spectra: [Spectrum] = []
  var fixed: [Fixed] = []

  var isEmpty: Bool { masks.isEmpty && spectra.isEmpty && fixed.isEmpty }

  var support: Int {
    let all = masks.map(\.mask) + fixed.flatMap(\.masks) + spectra.flatMap(\.bits).map { 1 << $0 }
    return all.reduce(0, |)
  }

  func pass(
    slots: [AngleDraft], conditions: [OutsideCondition], indexBits: Int, fixed table: UnsafePointer<Double>?,
    permutation: PermutationPass?, variesByLane: (_ slot: Int) -> Bool, tableOffset: Int,
    laneTableOffset: Int,
    arena: Arena
  ) -> DiagonalPass {
    // A global phase (mask 0 inside and outside) has no derivative: <psi|O|psi> does not see it.
    let trained = masks.filter {
      ($0.mask != 0 || conditions[$0.slot].signs != 0) && slots[$0.slot].wantsGradient
    }
    var distinct: [Int] = []
    for term in trained where !distinct.contains(term.mask) { distinct.append(term.mask) }
    let terms = spectra.map { spectrum in
      DiagonalPass.SpectralTerm(
        slot: spectrum.slot, eigenvalues: arena.copy(spectrum.eigenvalues),
        offsets: arena.copy(BitInserter.offsets(ofBits: spectrum.bits)),
        bits: arena.copy(spectrum.bits.sorted()),
        bitCount: spectrum.bits.count, wantsGradient: slots[spectrum.slot].wantsGradient)
    }
    let wantsSpectra = terms.contains(where: \.wantsGradient)
    return DiagonalPass(
      amplitudes: 1 << indexBits, masks: arena.copy(masks), maskCount: masks.count,
      spectra: arena.copy(terms),
      spectrumCount: terms.count, fixed: table,
      dependsOnFeatures: masks.contains { slots[$0.slot].dependsOnFeatures }
        || spectra.contains { slots[$0.slot].dependsOnFeatures },
      fold: FoldProgram(masks: distinct, indexBits: indexBits, arena: arena),
      gradients: arena.copy(
        trained.map { .init(slot: $0.slot, sum: distinct.firstIndex(of: $0.mask)!) }),
      gradientCount: trained.count, permutation: permutation,
      wantsGradient: !trained.isEmpty || wantsSpectra, wantsWholeW: wantsSpectra,
      variesByLane: masks.contains { variesByLane($0.slot) } || spectra.contains { variesByLane($0.slot) },
      tableOffset: tableOffset, laneTableOffset: laneTableOffset)
  }

  /// The product of fixed diagonals over the register: real parts, then imaginary parts.
  static func table(_ fixed: [Fixed], indexBits: Int) -> [Double] {
    let amplitudes = 1 << indexBits
    var result = [Double](repeating: 1, count: amplitudes) + [Double](repeating: 0, count: amplitudes)
    for diagonal in fixed {
      for i in 0..<amplitudes {
        let local = diagonal.turns ^ diagonal.masks.reduce(0) { $0 << 1 | (i & $1).nonzeroBitCount & 1 }
        let (a, b) = (result[i], result[i + amplitudes])
        result[i] = a * diagonal.re[local] - b * diagonal.im[local]
        result[i + amplitudes] = a * diagonal.im[local] + b * diagonal.re[local]
      }
    }
    return result
  }
}
