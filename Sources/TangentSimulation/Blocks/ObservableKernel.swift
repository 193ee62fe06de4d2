import TangentCircuits
import TangentNumerics

/// An observable ready to be applied: its diagonal as a table, other Pauli strings one by one, or all of it dense.
struct ObservableKernel: BitwiseCopyable {
  private let amplitudes: Int
  private let diagonal: Constants?
  private let terms: UnsafePointer<PauliTerm>
  private let termCount: Int
  private let dense: DensePass?
  /// Lanes of scratch that `apply` needs.
  let scratch: Int

  var isDiagonal: Bool { termCount == 0 && dense == nil }

  init(_ observable: Observable, arena: Arena) throws(TangentError) {
    let n = observable.qubitCount
    amplitudes = 1 << n
    if observable.dense != nil {
      dense = DensePass(
        try observable.matrix(), after: nil, bits: Array((0..<n).reversed()), indexBits: n, arena: arena)
      diagonal = nil
      terms = arena.copy([])
      termCount = 0
      scratch = 4 * amplitudes
      return
    }
    dense = nil
    scratch = 0
    let mixing = observable.paulis.filter { !$0.string.isDiagonal }
    terms = arena.copy(mixing)
    termCount = mixing.count
    let isPurelyMixing = mixing.count == observable.paulis.count && observable.projectors.isEmpty
    diagonal =
      isPurelyMixing
      ? nil : arena.constants((0..<amplitudes).map { observable.diagonalEntry(UInt64($0)) })
  }

  /// lambda <- weight * O psi, or added to lambda.
  @inline(never)
  func apply<L: LaneVector>(
    to psi: UnsafeMutablePointer<L>, weight: L, adding: Bool, into lambda: UnsafeMutablePointer<L>,
    scratch: UnsafeMutablePointer<L>
  ) {
    if let dense {
      let product = scratch + 2 &* amplitudes
      dense.apply(psi, product, scratch: scratch)
      for k in 0..<(2 &* amplitudes) {
        lambda[k] = adding ? lambda[k] + weight * product[k] : weight * product[k]
      }
      return
    }
    if let diagonal {
      let diagonal: UnsafePointer<Uniform<L>> = diagonal.entries()
      for i in 0..<amplitudes {
        let factor = weight * diagonal[i].lane
        let (re, im) = (factor * psi[2 &* i], factor * psi[2 &* i &+ 1])
        lambda[2 &* i] = adding ? lambda[2 &* i] + re : re
        lambda[2 &* i &+ 1] = adding ? lambda[2 &* i &+ 1] + im : im
      }
    } else if !adding {
      for k in 0..<(2 &* amplitudes) { lambda[k] = .zero }
    }
    for t in 0..<termCount {
      let term = terms[t]
      let x = Int(term.string.x)
      for i in 0..<amplitudes {
        // (P psi)_(i^x) = f_i psi_i with f_i a power of i.
        let power = term.string.phasePower(column: UInt64(truncatingIfNeeded: i))
        let factor = weight * L(constant: power & 2 == 0 ? term.coefficient : -term.coefficient)
        let j = 2 &* (i ^ x)
        if power & 1 == 0 {
          lambda[j] = L.fma(factor, psi[2 &* i], lambda[j])
          lambda[j &+ 1] = L.fma(factor, psi[2 &* i &+ 1], lambda[j &+ 1])
        } else {
          lambda[j] = L.fnma(factor, psi[2 &* i &+ 1], lambda[j])
          lambda[j &+ 1] = L.fma(factor, psi[2 &* i], lambda[j &+ 1])
        }
      }
    }
  }

  /// Re <psi|lambda> lane by lane.
  @inline(never)
  static func overlap<L: LaneVector>(
    _ psi: UnsafeMutablePointer<L>, _ lambda: UnsafeMutablePointer<L>, amplitudes: Int
  ) -> L {
    var (re, im) = (L.zero, L.zero)
    for i in 0..<amplitudes {
      re = L.fma(psi[2 &* i], lambda[2 &* i], re)
      im = L.fma(psi[2 &* i &+ 1], lambda[2 &* i &+ 1], im)
    }
    return re + im
  }
}
