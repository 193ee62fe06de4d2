import TangentCircuits
import TangentNumerics

/// What the passes read of an elementary angle: its cosine, sine and tangent, computed in doubles and rounded once. A
/// spectral slot's `cosine` is the plain angle instead, its `sine` what rounding took from that, and its tangent is not
/// read.
struct AngleValue<L: LaneVector>: BitwiseCopyable {
  var cosine: L
  var sine: L
  var tangent: L

  static var lanes: Int { 3 }

  @inline(__always)
  init(_ angle: L.Wide, isSpectral: Bool) {
    if isSpectral {
      cosine = L(rounding: angle)
      sine = L(rounding: angle - cosine.wide)
      tangent = .zero
      return
    }
    let (s, c) = angle.sineAndCosine
    cosine = L(rounding: c)
    sine = L(rounding: s)
    tangent = L(rounding: s / c)
  }

  /// The same angle in all lanes, given what `init(_:isSpectral:)` makes of it in one lane.
  @inline(__always)
  init(repeating lane: Int, of value: AngleValue) {
    cosine = value.cosine[lane].lane
    sine = value.sine[lane].lane
    tangent = value.tangent[lane].lane
  }

  /// The angle of a spectral slot.
  @inline(__always)
  var plainAngle: L.Wide { cosine.wide + sine.wide }
}

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

extension Plan {
  /// Values that are the same in all lanes, for the slots that `isWanted`; a slot a lane goes through the sine.
  @inline(__always)
  func fillUniform<L: LaneVector>(
    _ values: UnsafeMutablePointer<AngleValue<L>>, theta: UnsafePointer<Double>?,
    features: UnsafePointer<Double>? = nil, where isWanted: (AngleSlot) -> Bool
  ) {
    var (angles, places, count) = (L.Wide.zero, SIMD8<Int>.zero, 0)
    func flush() {
      let value = AngleValue<L>(angles, isSpectral: false)
      for lane in 0..<count { values[places[lane]] = AngleValue(repeating: lane, of: value) }
      count = 0
    }
    for k in 0..<slotCount where isWanted(slots[k]) {
      let angle = slots[k].angle(theta: theta, features: features)
      if slots[k].isSpectral {
        values[k] = AngleValue(L.Wide(repeating: angle), isSpectral: true)
        continue
      }
      angles[count] = angle
      places[count] = k
      count += 1
      if count == L.scalarCount { flush() }
    }
    flush()
  }
}
