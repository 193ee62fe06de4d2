import TangentNumerics

extension Circuit {
  /// The first instruction that is a channel, and its place.
  public var firstChannel: (position: Int, instruction: Instruction)? {
    for (position, instruction) in instructions.enumerated() {
      if case .channel = instruction.operation { return (position, instruction) }
    }
    return nil
  }

  public var hasChannels: Bool { firstChannel != nil }

  /// The circuit with one operator of every channel in the place of the channel: which one, numbers from 0 to 1 say that come
  /// as features behind the circuit's own, channel by channel in the order of action.
  public var unravelled: Circuit {
    var features = featureCount
    let instructions = effectiveInstructions.map { instruction in
      guard case .channel = instruction.operation else { return instruction }
      defer { features += 1 }
      return Instruction(
        operation: instruction.operation, qubits: instruction.qubits, angles: [.feature(features)])
    }
    return Circuit(
      qubitCount: qubitCount, instructions: instructions, parameterCount: parameterCount,
      featureCount: features)
  }

  /// Whether it is an unravelled circuit with channels.
  package var hasDraws: Bool { firstChannel?.instruction.draw != nil }

  /// - Throws: `invalidArgument`, naming the channel, for a circuit that has one; `subject` is what needs a unitary.
  public func requireUnitary(for subject: String) throws(TangentError) {
    guard let (position, instruction) = firstChannel else { return }
    throw .invalid(
      "\(instruction.name) on qubits \(instruction.qubits) (instruction \(position)) is a channel, and \(subject) needs a circuit without channels"
    )
  }
}

extension Instruction {
  /// The feature that chooses one of a channel's operators.
  var draw: Int? { angles.first?.terms.first?.factor.featureIndices.first }
}
