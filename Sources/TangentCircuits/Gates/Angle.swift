import TangentNumerics

/// A gate's angle: constant + sum a param + sum b feature + sum c param feature + sum e feature feature, and what a
/// configuration adds where a circuit is bound to one, see `ConfigurationTerm`.
public struct Angle: Sendable, Equatable {
  /// Indices of parameters and features stop here, so that a mistyped index cannot ask for terabytes.
  public static let maximumIndex = 9_999_999

  /// What a term's coefficient multiplies; indices count parameters and features from 0.
  public enum Factor: Sendable, Equatable {
    case parameter(Int)
    case feature(Int)
    case parameterFeature(Int, Int)
    case featureFeature(Int, Int)
  }

  public struct Term: Sendable, Equatable {
    public var coefficient: Double
    public var factor: Factor

    public init(_ coefficient: Double, _ factor: Factor) {
      self.coefficient = coefficient
      self.factor = factor
    }
  }

  public var constant: Double
  public var terms: [Term]
  /// Nothing of the angle's value until `Circuit.bound` puts something in its place.
  public var configuration: [ConfigurationTerm]

  public init(constant: Double = 0, terms: [Term] = [], configuration: [ConfigurationTerm] = []) {
    self.constant = constant
    self.terms = terms
    self.configuration = configuration
  }

  public static func parameter(_ index: Int) -> Angle { Angle(terms: [Term(1, .parameter(index))]) }

  public static func feature(_ index: Int) -> Angle { Angle(terms: [Term(1, .feature(index))]) }

  public func scaled(by factor: Double) -> Angle {
    Angle(
      constant: constant * factor, terms: terms.map { Term($0.coefficient * factor, $0.factor) },
      configuration: configuration.map { ConfigurationTerm($0.coefficient * factor, $0.key) })
  }

  public static prefix func - (angle: Angle) -> Angle { angle.scaled(by: -1) }

  /// Parameter indices moved by `offset`; features stay.
  public func shiftingParameters(by offset: Int) -> Angle {
    Angle(
      constant: constant,
      terms: terms.map { term in
        switch term.factor {
        case .parameter(let p): Term(term.coefficient, .parameter(p + offset))
        case .parameterFeature(let p, let f): Term(term.coefficient, .parameterFeature(p + offset, f))
        case .feature, .featureFeature: term
        }
      },
      configuration: configuration)
  }

  public var dependsOnParameters: Bool { terms.contains { $0.factor.parameterIndex != nil } }

  public var dependsOnFeatures: Bool { terms.contains { !$0.factor.featureIndices.isEmpty } }

  /// The angle for one parameter vector and one feature vector (radians), without a configuration.
  public func value(parameters: [Double], features: [Double]) -> Double {
    terms.reduce(constant) { sum, term in
      switch term.factor {
      case .parameter(let p): sum + term.coefficient * parameters[p]
      case .feature(let f): sum + term.coefficient * features[f]
      case .parameterFeature(let p, let f): sum + term.coefficient * parameters[p] * features[f]
      case .featureFeature(let f, let g): sum + term.coefficient * features[f] * features[g]
      }
    }
  }

  /// - Throws: on a non-finite number, an index that is negative or beyond `maximumIndex`, or a key that cannot be one.
  func validate() throws(TangentError) {
    guard constant.isFinite else { throw .invalid("the angle's constant is \(constant); it must be finite") }
    for term in terms {
      guard term.coefficient.isFinite else {
        throw .invalid("an angle's coefficient is \(term.coefficient); it must be finite")
      }
      for index in term.factor.featureIndices + [term.factor.parameterIndex].compactMap({ $0 }) {
        guard index >= 0, index <= Angle.maximumIndex else {
          throw .invalid(
            "parameter or feature index \(index) is out of range; indices run from 0 to \(Angle.maximumIndex)"
          )
        }
      }
    }
    for term in configuration { try term.validate() }
  }
}

extension Angle.Factor {
  public var parameterIndex: Int? {
    switch self {
    case .parameter(let p), .parameterFeature(let p, _): p
    case .feature, .featureFeature: nil
    }
  }

  public var featureIndices: [Int] {
    switch self {
    case .parameter: []
    case .feature(let f), .parameterFeature(_, let f): [f]
    case .featureFeature(let f, let g): [f, g]
    }
  }
}

extension Angle: CustomStringConvertible {
  public var description: String { text(parameters: Names(.parameter), features: Names(.feature)) }

  /// Compact, for drawings: `2*p3+0.5`, `p4*x1`.
  public func text(parameters: Names, features: Names) -> String {
    var pieces: [String] = []
    for term in terms {
      let name =
        switch term.factor {
        case .parameter(let p): parameters[p]
        case .feature(let f): features[f]
        case .parameterFeature(let p, let f): "\(parameters[p])*\(features[f])"
        case .featureFeature(let f, let g): "\(features[f])*\(features[g])"
        }
      pieces.append(Angle.product(term.coefficient, name))
    }
    for term in configuration { pieces.append(Angle.product(term.coefficient, term.key)) }
    if constant != 0 || pieces.isEmpty { pieces.append(Angle.short(constant)) }
    return pieces.dropFirst().reduce(pieces[0]) { $0 + ($1.hasPrefix("-") ? $1 : "+" + $1) }
  }

  private static func product(_ coefficient: Double, _ name: String) -> String {
    switch coefficient {
    case 1: name
    case -1: "-" + name
    default: short(coefficient) + "*" + name
    }
  }

  /// Three decimals at most, without trailing zeros.
  private static func short(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "\(value)" }
    let rounded = (value * 1000).rounded() / 1000
    if rounded == 0, value != 0 { return "\(value)" }
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
