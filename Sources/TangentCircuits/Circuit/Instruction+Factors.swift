import TangentNumerics

extension Instruction {
  /// The instruction as a product of instructions in time order, each naming only qubits that it acts on, so that one
  /// of them can be left out without the others. Global phases are identities on one qubit.
  var factors: [Instruction] {
    switch operation {
    case .unitary, .channel: return [self]
    case .gate(let gate):
      guard case .u3 = gate.definition.form else { return [self] }
      return [(Gate.phase, angles[2]), (.ry, angles[0]), (.phase, angles[1])].map {
        Instruction(operation: .gate($0.0), qubits: qubits, angles: [$0.1])
      }
    case .rotation(let letters):
      let acting = zip(letters, qubits).filter { $0.0 != "I" }
      if acting.isEmpty {
        return [Instruction(operation: .rotation("I"), qubits: [qubits[0]], angles: angles)]
      }
      return [
        Instruction(
          operation: .rotation(String(acting.map(\.0))), qubits: acting.map(\.1), angles: angles)
      ]
    case .evolution(let generator):
      guard generator.dense == nil, generator.projectors.isEmpty else { return [self] }
      // exp(-i a (A + B)) = exp(-i a B) exp(-i a A) if A and B commute.
      guard generator.paulis.allPairwiseCommuting else { return [onSupport(of: generator)] }
      return generator.paulis.map { term in
        onSupport(
          of: Observable(qubitCount: generator.qubitCount, paulis: [term], projectors: [], dense: nil))
      }
    }
  }

  /// exp(-i angle H) for a Pauli sum H on this instruction's qubits, on those alone where H acts.
  private func onSupport(of generator: Observable) -> Instruction {
    let support = max(1, generator.support)
    return Instruction(
      operation: .evolution(generator.restricted(to: support)),
      qubits: Bits.qubits(of: support, register: generator.qubitCount).map { qubits[$0] },
      angles: angles)
  }

  /// The same operation on other qubits, qubit q becoming `labels[q]`.
  func relabelled(_ labels: [Int]) -> Instruction {
    Instruction(operation: operation, qubits: qubits.map { labels[$0] }, angles: angles)
  }
}
