import TangentNumerics

/// The chain rule from the angles of slots to parameters, the terms of each parameter in a row: so every gradient is
/// summed in a register and written once.
struct GradientChain: BitwiseCopyable {
  /// d(angle of the slot) / d(parameter) = coefficient * feature
  private struct Term: BitwiseCopyable {
    let slot: Int
    let coefficient: Double
    /// -1 for none.
    let feature: Int
  }

  private let terms: UnsafePointer<Term>
  /// Where every parameter's terms end.
  private let ends: UnsafePointer<Int>
  private let parameterCount: Int

  init(_ slots: [AngleSlot], parameterCount: Int, arena: Arena) {
    var rows = [[Term]](repeating: [], count: parameterCount)
    for (number, slot) in slots.enumerated() {
      for k in 0..<slot.termCount where slot.terms[k].parameter >= 0 {
        let term = slot.terms[k]
        rows[term.parameter].append(
          Term(slot: number, coefficient: term.coefficient, feature: term.feature))
      }
    }
    var ends: [Int] = []
    for row in rows { ends.append((ends.last ?? 0) + row.count) }
    terms = arena.copy(rows.flatMap { $0 })
    self.ends = arena.copy(ends)
    self.parameterCount = parameterCount
  }

  /// d yhat / d parameter = scale * sum over its terms of d / d angle.
  func collect<L: LaneVector>(
    _ slotGradients: UnsafePointer<L>, scale: Double, features: UnsafePointer<L.Wide>,
    into gradients: UnsafeMutablePointer<L.Wide>
  ) {
    var k = 0
    for p in 0..<parameterCount {
      var sum = L.Wide.zero
      while k < ends[p] {
        let term = terms[k]
        var value = slotGradients[term.slot].wide * (scale * term.coefficient)
        if term.feature >= 0 { value *= features[term.feature] }
        sum += value
        k &+= 1
      }
      gradients[p] = sum
    }
  }
}
