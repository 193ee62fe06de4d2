import TangentNumerics

extension Circuit {
  /// Whether one trainable circuit serves all samples: features may prepare states, but enter neither with nor after a
  /// parameter.
  public var hasFeaturesBeforeParameters: Bool { featureAfterParameter == nil }

  /// - Throws: `invalidArgument`, naming the gate, unless features come before parameters; `subject` is what needs it.
  public func requireFeaturesBeforeParameters(for subject: String) throws(TangentError) {
    guard let (first, position) = featureAfterParameter else { return }
    let instruction = instructions[position]
    let place = "\(instruction.name) on qubits \(instruction.qubits) (instruction \(position))"
    throw .invalid(
      (first == position
        ? "\(place) depends on a feature and on a parameter"
        : "\(place) depends on a feature and follows instruction \(first), which has a parameter")
        + "; \(subject) needs every feature before the first parameter")
  }

  /// The first instruction with a parameter, and the first from there on with a feature.
  private var featureAfterParameter: (first: Int, position: Int)? {
    guard let first = instructions.firstIndex(where: { $0.angles.contains(where: \.dependsOnParameters) }),
      let position = instructions[first...].firstIndex(where: {
        $0.angles.contains(where: \.dependsOnFeatures)
      })
    else { return nil }
    return (first, position)
  }
}
