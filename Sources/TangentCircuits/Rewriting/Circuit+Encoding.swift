extension Circuit {
  /// The circuit in two parts, up to its last gate that reads a feature and from there on; nil where a parameter comes
  /// before. The first part turns data into states, the second, which reads no features, is trained on them.
  public var partsAroundEncoding: (encoding: Circuit, rest: Circuit)? {
    let instructions = effectiveInstructions
    let end = instructions.lastIndex { $0.angles.contains(where: \.dependsOnFeatures) }.map { $0 + 1 } ?? 0
    let (first, last) = (instructions[..<end], instructions[end...])
    guard !first.contains(where: { $0.angles.contains(where: \.dependsOnParameters) }) else { return nil }
    return (
      Circuit(
        qubitCount: qubitCount, instructions: Array(first), parameterCount: 0, featureCount: featureCount),
      Circuit(
        qubitCount: qubitCount, instructions: Array(last), parameterCount: parameterCount, featureCount: 0)
    )
  }
}
