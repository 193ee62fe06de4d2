import TangentNumerics

/// The chain rule from the angles of slots to variables, the terms of each variable in a row: so every gradient is
/// summed in a register and written once.
struct GradientChain: BitwiseCopyable {
  /// A slot's derivative times coefficient * z_factor.
  private struct Term: BitwiseCopyable {
    let slot: Int
    let coefficient: Double
    /// -1 for none.
    let factor: Int
  }

  private let terms: UnsafePointer<Term>
  /// Where every variable's terms end.
  private let ends: UnsafePointer<Int>
  private let count: Int
  /// Whether an angle has a product of two of these variables, so that its derivatives change along a direction.
  let hasProducts: Bool

  /// - Parameter count: the variables that a gradient has a place for.
  init(_ slots: [AngleSlot], count: Int, arena: Arena) {
    var rows = [[Term]](repeating: [], count: count)
    for (number, slot) in slots.enumerated() {
      for k in 0..<slot.partialCount {
        let partial = slot.partials[k]
        rows[partial.variable].append(
          Term(slot: number, coefficient: partial.coefficient, factor: partial.factor))
      }
    }
    var ends: [Int] = []
    for row in rows { ends.append((ends.last ?? 0) + row.count) }
    terms = arena.copy(rows.flatMap { $0 })
    self.ends = arena.copy(ends)
    self.count = count
    hasProducts = rows.contains { $0.contains { (0..<count).contains($0.factor) } }
  }

  /// d yhat / d variable = scale * sum over its terms of d / d angle.
  func collect<L: LaneVector>(
    _ slotGradients: UnsafePointer<L>, scale: Double, _ variables: UnsafePointer<L.Wide>,
    into gradients: UnsafeMutablePointer<L.Wide>
  ) {
    var k = 0
    for v in 0..<count {
      var sum = L.Wide.zero
      while k < ends[v] {
        let term = terms[k]
        var value = slotGradients[term.slot].wide * (scale * term.coefficient)
        if term.factor >= 0 { value *= variables[term.factor] }
        sum += value
        k &+= 1
      }
      gradients[v] = sum
    }
  }

  /// The same where d angle / d variable is replaced by its rate along a direction, added to `gradients`.
  func addRates<L: LaneVector>(
    _ slotGradients: UnsafePointer<L>, scale: Double, along direction: UnsafePointer<L.Wide>,
    to gradients: UnsafeMutablePointer<L.Wide>
  ) {
    guard hasProducts else { return }
    var k = 0
    for v in 0..<count {
      while k < ends[v] {
        let term = terms[k]
        if term.factor >= 0, term.factor < count {
          gradients[v] +=
            slotGradients[term.slot].wide * (scale * term.coefficient) * direction[term.factor]
        }
        k &+= 1
      }
    }
  }
}
