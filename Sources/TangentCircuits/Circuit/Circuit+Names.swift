import TangentNumerics

extension Circuit {
  /// The names of all parameters or of all features.
  public func names(of kind: Names.Kind) -> [String] {
    switch kind {
    case .parameter: (0..<parameterCount).map { parameterNames[$0] }
    case .feature: (0..<featureCount).map { featureNames[$0] }
    }
  }

  /// Names all parameters or all features; nil takes the names away.
  /// - Throws: `invalidArgument` for another number of names, and for names that are empty, equal, longer than
  ///   `Names.maximumLength` bytes, configuration keys, or contain control characters.
  public mutating func setNames(of kind: Names.Kind, _ names: [String]?) throws(TangentError) {
    let count = kind == .parameter ? parameterCount : featureCount
    guard names == nil || names?.count == count else {
      throw .invalid("\(names?.count ?? 0) names for \(count) \(kind)s; give one for each")
    }
    try setNames(Names(kind, names ?? []))
  }

  /// Takes the names of another circuit for the parameters and features that this one has, in place of its own.
  /// - Throws: `invalidArgument` for a name that is a configuration key of this one.
  public mutating func takeNames(of other: Circuit) throws(TangentError) {
    var result = self
    try result.setNames(other.parameterNames.prefix(parameterCount))
    try result.setNames(other.featureNames.prefix(featureCount))
    self = result
  }

  /// An angle as drawings and messages show it: `2*alpha+0.5`.
  public func text(of angle: Angle) -> String {
    angle.text(parameters: parameterNames, features: featureNames)
  }
}
