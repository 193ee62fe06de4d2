import TangentNumerics

extension Angle {
  /// A coefficient times the number that a configuration gives for a key, such as a calibration that a compiler reads
  /// from a file. What no configuration gives is 0, so the term counts for nothing until a circuit is bound to one.
  public struct ConfigurationTerm: Sendable, Equatable {
    public var coefficient: Double
    public var key: String

    public init(_ coefficient: Double, _ key: String) {
      self.coefficient = coefficient
      self.key = key
    }

    /// - Throws: on a non-finite coefficient, and on a key that no name could be, or that is what parameters or features
    ///   without a name are called.
    public func validate() throws(TangentError) {
      guard coefficient.isFinite else {
        throw .invalid("the coefficient of configuration key \"\(key)\" is \(coefficient); it must be finite")
      }
      try Names.validate(key, "a configuration key")
      guard !Names.isDefault(key) else {
        throw .invalid(
          "\"\(key)\" cannot be a configuration key: parameters and features without a name are called so")
      }
    }
  }

  public static func configuration(_ key: String) -> Angle {
    Angle(configuration: [ConfigurationTerm(1, key)])
  }

  /// Whether nothing but a configuration can make the angle differ from 0.
  var isConfigurationOnly: Bool { constant == 0 && terms.isEmpty && !configuration.isEmpty }

  /// The angle with values in the place of keys; those without a value are 0.
  func bound(_ values: [String: Angle]) -> Angle {
    var result = Angle(constant: constant, terms: terms)
    for term in configuration {
      guard let value = values[term.key], !value.isZero else { continue }
      let part = value.scaled(by: term.coefficient)
      result.constant += part.constant
      result.terms += part.terms
    }
    return result.merged
  }

  var isZero: Bool { constant == 0 && terms.isEmpty && configuration.isEmpty }
}
