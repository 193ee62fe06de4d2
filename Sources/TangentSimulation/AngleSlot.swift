import CTangentVector
import TangentCircuits
import TangentNumerics

/// One elementary angle of the plan: a = coefficient * (constant + sum of terms), of which passes use cosine and sine.
struct AngleSlot: BitwiseCopyable {
  struct Term: BitwiseCopyable {
    let coefficient: Double
    /// -1 where the term has none.
    let parameter: Int
    let feature: Int
    let secondFeature: Int
  }

  let coefficient: Double
  let constant: Double
  let terms: UnsafePointer<Term>
  let termCount: Int
  let dependsOnFeatures: Bool
  let dependsOnParameters: Bool
  /// Spectral slots keep the plain angle.
  let isSpectral: Bool

  init(_ angle: Angle, coefficient: Double, isSpectral: Bool, arena: Arena) {
    self.coefficient = coefficient
    self.isSpectral = isSpectral
    constant = angle.constant
    termCount = angle.terms.count
    dependsOnFeatures = angle.dependsOnFeatures
    dependsOnParameters = angle.dependsOnParameters
    terms = arena.copy(
      angle.terms.map { term in
        let features = term.factor.featureIndices
        return Term(
          coefficient: term.coefficient, parameter: term.factor.parameterIndex ?? -1,
          feature: features.first ?? -1, secondFeature: features.count > 1 ? features[1] : -1)
      })
  }

  /// The slot's two lanes in the coefficient table: cosine and sine, the same in all lanes.
  @inline(__always)
  func fillUniform(_ target: UnsafeMutablePointer<Lane>, theta: UnsafePointer<Double>) {
    var angle = constant
    for k in 0..<termCount { angle += terms[k].coefficient * theta[terms[k].parameter] }
    angle *= coefficient
    if isSpectral {
      target[0] = Lane(repeating: angle)
    } else {
      var (sine, cosine) = (0.0, 0.0)
      ctv_sincos(angle, &sine, &cosine)
      target[0] = Lane(repeating: cosine)
      target[1] = Lane(repeating: sine)
    }
  }

  /// The same with parameters and features of their own in every lane: theta(parameter) and x(feature) as lanes.
  @inline(__always)
  func fillLanes(
    _ target: UnsafeMutablePointer<Lane>, theta: UnsafePointer<Lane>, features: UnsafePointer<Lane>
  ) {
    var angle = Lane(repeating: constant)
    for k in 0..<termCount {
      let term = terms[k]
      var value = Lane(repeating: term.coefficient)
      if term.parameter >= 0 { value *= theta[term.parameter] }
      if term.feature >= 0 { value *= features[term.feature] }
      if term.secondFeature >= 0 { value *= features[term.secondFeature] }
      angle += value
    }
    angle *= coefficient
    if isSpectral {
      target[0] = angle
      return
    }
    for lane in 0..<Lane.scalarCount {
      var (sine, cosine) = (0.0, 0.0)
      ctv_sincos(angle[lane], &sine, &cosine)
      target[0][lane] = cosine
      target[1][lane] = sine
    }
  }

  /// Adds d(angle)/d(parameter) * coefficient * gradient to every parameter of the angle.
  @inline(__always)
  func chain(
    _ gradient: Lane, features: UnsafePointer<Lane>, into parameters: UnsafeMutablePointer<Lane>
  ) {
    let scaled = gradient * coefficient
    for k in 0..<termCount where terms[k].parameter >= 0 {
      var value = scaled * terms[k].coefficient
      if terms[k].feature >= 0 { value *= features[terms[k].feature] }
      parameters[terms[k].parameter] += value
    }
  }
}
