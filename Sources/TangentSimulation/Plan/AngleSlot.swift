import TangentCircuits
import TangentNumerics

/// One elementary angle of the plan: a = constant + sum of terms, of which passes use cosine, sine and tangent.
struct AngleSlot: BitwiseCopyable {
  struct Term: BitwiseCopyable {
    let coefficient: Double
    /// -1 where the term has none.
    let parameter: Int
    let feature: Int
    let secondFeature: Int
  }

  let constant: Double
  let terms: UnsafePointer<Term>
  let termCount: Int
  let dependsOnFeatures: Bool
  let dependsOnParameters: Bool
  /// Spectral slots keep the plain angle.
  let isSpectral: Bool

  /// a = coefficient * angle
  init(_ angle: Angle, coefficient: Double, isSpectral: Bool, arena: Arena) {
    self.init(
      constant: coefficient * angle.constant, terms: AngleSlot.terms(angle, coefficient),
      isSpectral: isSpectral, arena: arena)
  }

  private init(constant: Double, terms: [Term], isSpectral: Bool, arena: Arena) {
    self.constant = constant
    self.isSpectral = isSpectral
    termCount = terms.count
    dependsOnFeatures = terms.contains { $0.feature >= 0 }
    dependsOnParameters = terms.contains { $0.parameter >= 0 }
    self.terms = arena.copy(terms)
  }

  private static func terms(_ angle: Angle, _ coefficient: Double) -> [Term] {
    angle.terms.map { term in
      let features = term.factor.featureIndices
      return Term(
        coefficient: coefficient * term.coefficient, parameter: term.factor.parameterIndex ?? -1,
        feature: features.first ?? -1, secondFeature: features.count > 1 ? features[1] : -1)
    }
  }

  /// This angle plus coefficient * angle.
  func adding(_ angle: Angle, coefficient: Double, arena: Arena) -> AngleSlot {
    AngleSlot(
      constant: constant + coefficient * angle.constant,
      terms: UnsafeBufferPointer(start: terms, count: termCount) + AngleSlot.terms(angle, coefficient),
      isSpectral: isSpectral, arena: arena)
  }

  /// The angle for one parameter vector and one feature vector; nil where none enters.
  @inline(__always)
  func angle(theta: UnsafePointer<Double>?, features: UnsafePointer<Double>? = nil) -> Double {
    var angle = constant
    for k in 0..<termCount {
      let term = terms[k]
      var value = term.coefficient
      if let theta, term.parameter >= 0 { value *= theta[term.parameter] }
      if let features, term.feature >= 0 { value *= features[term.feature] }
      if let features, term.secondFeature >= 0 { value *= features[term.secondFeature] }
      angle += value
    }
    return angle
  }

  /// With parameters and features of their own in every lane: theta(parameter) and x(feature) as lanes.
  @inline(__always)
  func value<L: LaneVector>(
    theta: UnsafePointer<L.Wide>, features: UnsafePointer<L.Wide>
  ) -> AngleValue<L> {
    var angle = L.Wide(repeating: constant)
    for k in 0..<termCount {
      let term = terms[k]
      var value = L.Wide(repeating: term.coefficient)
      if term.parameter >= 0 { value *= theta[term.parameter] }
      if term.feature >= 0 { value *= features[term.feature] }
      if term.secondFeature >= 0 { value *= features[term.secondFeature] }
      angle += value
    }
    return AngleValue(angle, isSpectral: isSpectral)
  }

  /// Adds d(angle)/d(parameter) * gradient to every parameter of the angle.
  @inline(__always)
  func chain<Numbers: DoubleLanes>(
    _ gradient: Numbers, features: UnsafePointer<Numbers>, into parameters: UnsafeMutablePointer<Numbers>
  ) {
    for k in 0..<termCount where terms[k].parameter >= 0 {
      var value = gradient * terms[k].coefficient
      if terms[k].feature >= 0 { value *= features[terms[k].feature] }
      parameters[terms[k].parameter] += value
    }
  }
}
