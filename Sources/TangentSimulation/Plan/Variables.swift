import TangentCircuits

/// What a model's predictions are functions of, and may be differentiated with respect to.
public struct Variables: OptionSet, Hashable, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let parameters = Variables(rawValue: 1)
  public static let features = Variables(rawValue: 2)
}

/// The numbers z = (theta, x) that the angles of a plan read, and with respect to which of them it takes derivatives.
struct VariableSpace {
  let parameterCount: Int
  let featureCount: Int
  let wrt: Variables

  /// Where a factor's variables lie in z, one or two.
  func indices(_ factor: Angle.Factor) -> [Int] {
    [factor.parameterIndex].compactMap { $0 } + factor.featureIndices.map { parameterCount + $0 }
  }

  var count: Int { parameterCount + featureCount }

  func isParameter(_ variable: Int) -> Bool { variable < parameterCount }

  /// The part of z that derivatives are taken for.
  var columns: Range<Int> {
    (wrt.contains(.parameters) ? 0 : parameterCount)..<gradientCount
  }

  /// Numbers of a gradient, which has a place for every variable before the last that it is taken for.
  var gradientCount: Int { parameterCount + (wrt.contains(.features) ? featureCount : 0) }
}
