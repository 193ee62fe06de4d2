import TangentCircuits

/// An angle slot while the plan is built, when further rotations about the same Pauli string may still join it.
struct AngleDraft {
  private(set) var constant: Double
  private(set) var terms: [AngleSlot.Term]
  let isSpectral: Bool
  /// Beyond this, the summands and their sums lose whole turns: infinite while there is one angle only.
  private(set) var limit = Double.infinity
  private(set) var dependsOnFeatures = false
  /// Whether the plan asks for any derivative of the angle.
  private(set) var wantsGradient = false

  /// a = coefficient * angle
  init(_ angle: Angle, coefficient: Double, isSpectral: Bool, space: VariableSpace) {
    constant = coefficient * angle.constant
    terms = []
    self.isSpectral = isSpectral
    append(angle, coefficient, space)
  }

  /// Where a large angle would take the last digits of a small one. The last bit of a sum below is worth 2e-15 at most.
  static let limitOfRotations = 16.0
  /// The same for a global phase, which only output states show.
  static let limitOfPhases = 1024.0

  /// Adds coefficient * angle.
  mutating func add(_ angle: Angle, coefficient: Double, limit: Double, space: VariableSpace) {
    self.limit = limit
    let other = (coefficient * angle.constant).withoutWholeTurns(beyond: limit)
    constant = (constant.withoutWholeTurns(beyond: limit) + other).withoutWholeTurns(beyond: limit)
    append(angle, coefficient, space)
  }

  private mutating func append(_ angle: Angle, _ coefficient: Double, _ space: VariableSpace) {
    for term in angle.terms {
      let indices = space.indices(term.factor)
      terms.append(
        AngleSlot.Term(
          coefficient: coefficient * term.coefficient, first: indices[0],
          second: indices.count > 1 ? indices[1] : -1))
      dependsOnFeatures = dependsOnFeatures || indices.contains { !space.isParameter($0) }
      wantsGradient = wantsGradient || indices.contains(where: space.columns.contains)
    }
  }
}
