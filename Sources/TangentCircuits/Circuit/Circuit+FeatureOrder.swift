import TangentNumerics

extension Circuit {
  /// Whether one trainable circuit serves all samples: features may prepare states, but enter neither with a parameter
  /// nor on a qubit that one has reached. Whatever comes later on other qubits could as well have come before.
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

  /// The first instruction with a feature on a qubit that a parameter has reached, and the instruction where that
  /// parameter entered.
  private var featureAfterParameter: (first: Int, position: Int)? {
    var origins = [Int?](repeating: nil, count: qubitCount)
    for (position, instruction) in instructions.enumerated() {
      let isTrained = instruction.angles.contains(where: \.dependsOnParameters)
      let reached = instruction.qubits.compactMap { origins[$0] }.min()
      guard let origin = reached ?? (isTrained ? position : nil) else { continue }
      if instruction.angles.contains(where: \.dependsOnFeatures) { return (origin, position) }
      for qubit in instruction.qubits { origins[qubit] = origin }
    }
    return nil
  }
}
