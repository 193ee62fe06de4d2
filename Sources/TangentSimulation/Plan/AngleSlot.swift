import TangentNumerics

/// One elementary angle of the plan: a = constant + sum of terms in z = (theta, x), of which passes use cosine, sine and
/// tangent.
struct AngleSlot: BitwiseCopyable {
  struct Term: BitwiseCopyable {
    let coefficient: Double
    /// Where its factors lie in z; -1 where there is no second one.
    let first: Int
    let second: Int
  }

  /// A summand of the angle's derivative: d a / d z_variable gains coefficient * z_factor.
  struct Partial: BitwiseCopyable {
    let variable: Int
    let coefficient: Double
    /// -1 for none.
    let factor: Int
  }

  let constant: Double
  let terms: UnsafePointer<Term>
  let termCount: Int
  /// The derivatives that the plan asks for. All chain rules read these and nothing else.
  let partials: UnsafePointer<Partial>
  let partialCount: Int
  let dependsOnFeatures: Bool
  /// Spectral slots keep the plain angle.
  let isSpectral: Bool
  /// Where several rotations about one string are one by the sum of their angles, a large one must not take the last
  /// digits of the others: summands and sums beyond this lose whole turns. Infinite for all other slots, which are most.
  let limit: Double

  /// Whether the plan asks for any derivative of the angle.
  var wantsGradient: Bool { partialCount > 0 }

  init(_ draft: AngleDraft, space: VariableSpace, arena: Arena) {
    constant = draft.constant
    isSpectral = draft.isSpectral
    limit = draft.limit
    dependsOnFeatures = draft.dependsOnFeatures
    termCount = draft.terms.count
    terms = arena.copy(draft.terms)
    // z_i z_j gives z_j to i and z_i to j, and so twice z_i where both are one.
    let partials = draft.terms.flatMap { term in
      let first = Partial(variable: term.first, coefficient: term.coefficient, factor: term.second)
      guard term.second >= 0 else { return [first] }
      return [first, Partial(variable: term.second, coefficient: term.coefficient, factor: term.first)]
    }.filter { space.columns.contains($0.variable) }
    partialCount = partials.count
    self.partials = arena.copy(partials)
  }

  /// The angle for the same variables in all lanes.
  @inline(__always)
  func angle(_ variable: (Int) -> Double) -> Double {
    var angle = constant
    for k in 0..<termCount {
      let term = terms[k]
      var value = term.coefficient * variable(term.first)
      if term.second >= 0 { value *= variable(term.second) }
      if limit == .infinity {
        angle += value
      } else {
        angle = (angle + value.withoutWholeTurns(beyond: limit)).withoutWholeTurns(beyond: limit)
      }
    }
    return angle
  }

  /// With variables of their own in every lane.
  @inline(__always)
  func value<L: LaneVector>(_ variables: UnsafePointer<L.Wide>) -> AngleValue<L> {
    AngleValue(angles(variables), isSpectral: isSpectral)
  }

  /// The angle of every lane.
  @inline(__always)
  func angles<Wide: DoubleLanes>(_ variables: UnsafePointer<Wide>) -> Wide {
    var angle = Wide(repeating: constant)
    for k in 0..<termCount {
      let term = terms[k]
      var value = variables[term.first] * term.coefficient
      if term.second >= 0 { value *= variables[term.second] }
      if limit == .infinity {
        angle += value
      } else {
        angle = (angle + value.withoutWholeTurns(beyond: limit)).withoutWholeTurns(beyond: limit)
      }
    }
    return angle
  }

  /// Adds d(angle)/d(variable) * gradient to every variable of the angle.
  @inline(__always)
  func chain<Numbers: DoubleLanes>(
    _ gradient: Numbers, _ variables: UnsafePointer<Numbers>, into gradients: UnsafeMutablePointer<Numbers>
  ) {
    for k in 0..<partialCount {
      var value = gradient * partials[k].coefficient
      if partials[k].factor >= 0 { value *= variables[partials[k].factor] }
      gradients[partials[k].variable] += value
    }
  }

  /// The derivative of the angle along a direction in the space of the variables, lane by lane.
  func derivative(along direction: UnsafePointer<Double>, _ variables: UnsafePointer<Lane>) -> Lane {
    var sum = Lane.zero
    for k in 0..<partialCount {
      var value = Lane(repeating: partials[k].coefficient * direction[partials[k].variable])
      if partials[k].factor >= 0 { value *= variables[partials[k].factor] }
      sum += value
    }
    return sum
  }
}
