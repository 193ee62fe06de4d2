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

  /// - Throws: `invalidArgument`, naming the channel, for a circuit that has one; `subject` is what needs a unitary.
  public func requireUnitary(for subject: String) throws(TangentError) {
    guard let (position, instruction) = firstChannel else { return }
    throw .invalid(
      "\(instruction.name) on qubits \(instruction.qubits) (instruction \(position)) is a channel, and \(subject) needs a circuit without channels"
    )
  }
}
