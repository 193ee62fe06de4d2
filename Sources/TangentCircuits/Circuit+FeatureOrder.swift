import TangentNumerics

extension Circuit {
  /// One trainable circuit for all samples: features may prepare states, but enter neither with nor after a parameter.
  /// - Throws: `invalidArgument`, naming the gate, otherwise; `subject` is what needs it.
  public func requireFeaturesBeforeParameters(for subject: String) throws(TangentError) {
    var firstTrainable: Int?
    for (position, instruction) in instructions.enumerated() {
      if firstTrainable == nil, instruction.angles.contains(where: \.dependsOnParameters) {
        firstTrainable = position
      }
      guard let first = firstTrainable, instruction.angles.contains(where: \.dependsOnFeatures) else {
        continue
      }
      let place = "\(instruction.name) on qubits \(instruction.qubits) (instruction \(position))"
      throw .invalid(
        (first == position
          ? "\(place) depends on a feature and on a parameter"
          : "\(place) depends on a feature and follows instruction \(first), which has a parameter")
          + "; \(subject) needs every feature before the first parameter")
    }
  }
}
