import TangentNumerics

extension Circuit {
  /// The circuit under a configuration: angles in the place of its keys, 0 where the configuration has none, and without
  /// the instructions that nothing but the configuration could turn and that it leaves at 0. No keys remain.
  /// - Throws: `invalidArgument` for keys that the circuit does not have, and for values that are not finite or that
  ///   read features or keys.
  public func bound(to configuration: [String: Angle]) throws(TangentError) -> Circuit {
    for (key, value) in configuration.sorted(by: { $0.key < $1.key }) {
      guard configurationKeys.contains(key) else { throw unknownKey(key) }
      guard !value.dependsOnFeatures, value.configuration.isEmpty else {
        throw .invalid(
          "the value of configuration key \"\(key)\" is \(text(of: value)); numbers and parameters are possible"
        )
      }
      guard value.constant.isFinite, value.terms.allSatisfy(\.coefficient.isFinite) else {
        throw .invalid("the value of configuration key \"\(key)\" is \(value); it must be finite")
      }
    }
    var result = try Circuit(qubitCount: qubitCount)
    for instruction in instructions {
      if let bound = instruction.bound(to: configuration) { try result.append(bound) }
    }
    try result.setNames(parameterNames)
    try result.setNames(featureNames)
    return result
  }

  /// The instructions that act while no configuration says otherwise: all that is ever simulated or analysed.
  package var effectiveInstructions: [Instruction] {
    configurationKeys.isEmpty ? instructions : instructions.compactMap { $0.bound(to: [:]) }
  }

  /// - Throws: `invalidArgument` where a parameter or feature has been named like a key.
  func requireKeysApartFromNames() throws(TangentError) {
    for key in configurationKeys { try requireApartFromNames(key) }
  }

  func requireApartFromNames(_ key: String) throws(TangentError) {
    for names in [parameterNames, featureNames] where names.contains(key) {
      throw .invalid("\"\(key)\" is a configuration key and the name of a \(names.kind); rename one of them")
    }
  }

  private func unknownKey(_ key: String) -> TangentError {
    let known = configurationKeys.map { "\"\($0)\"" }.joined(separator: ", ")
    return .invalid(
      "the circuit has no configuration key \"\(key)\"; "
        + (known.isEmpty ? "it has none" : "its keys are \(known)"))
  }
}

extension [Instruction] {
  /// The keys in the angles of instructions, in the order of first use.
  var configurationKeys: [String] {
    var seen: Set<String> = []
    return flatMap(\.angles).flatMap(\.configuration).map(\.key).filter { seen.insert($0).inserted }
  }
}

extension Instruction {
  /// The instruction under a configuration; nil if nothing but the configuration could turn it, and does not. Every
  /// operation with angles is the identity where all of them are 0.
  fileprivate func bound(to configuration: [String: Angle]) -> Instruction? {
    guard angles.contains(where: { !$0.configuration.isEmpty }) else { return self }
    let bound = angles.map { $0.bound(configuration) }
    if bound.allSatisfy(\.isZero), angles.allSatisfy({ $0.isZero || $0.isConfigurationOnly }) { return nil }
    return Instruction(operation: operation, qubits: qubits, angles: bound)
  }
}
