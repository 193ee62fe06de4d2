import TangentNumerics

/// One step of a circuit as the user wrote it.
public struct Instruction: Sendable, Equatable {
  public enum Operation: Sendable, Equatable {
    /// A row of the gate table.
    case gate(Gate)
    /// exp(-i angle P/2) with one Pauli letter a qubit.
    case rotation(String)
    /// exp(-i angle H) with H on the instruction's qubits.
    case evolution(Observable)
    /// A fixed unitary on the instruction's qubits, the first on the most significant index.
    case unitary(ComplexMatrix)
    /// A channel on the instruction's qubits, the first of its own on the first of them.
    case channel(Channel)
  }

  public let operation: Operation
  public let qubits: [Int]
  /// A channel has none, or the feature that chooses one of its operators (`Circuit.unravelled`).
  public let angles: [Angle]

  /// For messages and drawings.
  public var name: String {
    switch operation {
    case .gate(let gate): gate.rawValue
    case .rotation(let letters): "rotation \(letters)"
    case .evolution: "evolve"
    case .unitary: "unitary"
    case .channel(let channel): channel.label
    }
  }

  public func shiftingParameters(by offset: Int) -> Instruction {
    Instruction(
      operation: operation, qubits: qubits, angles: angles.map { $0.shiftingParameters(by: offset) })
  }

  /// The instruction that undoes this one; nil for a channel.
  var inverse: Instruction? {
    let reversed = angles.map { -$0 }
    switch operation {
    case .channel: return nil
    case .unitary(let matrix):
      return Instruction(operation: .unitary(matrix.adjoint), qubits: qubits, angles: [])
    case .gate(let gate):
      switch gate.definition.form {
      case .fixed(_, let inverse): return Instruction(operation: .gate(inverse), qubits: qubits, angles: [])
      case .evolution: return Instruction(operation: operation, qubits: qubits, angles: reversed)
      // (phase(b) ry(a) phase(c))^-1 = phase(-c) ry(-a) phase(-b)
      case .u3:
        return Instruction(
          operation: operation, qubits: qubits, angles: [reversed[0], reversed[2], reversed[1]])
      }
    case .rotation, .evolution: return Instruction(operation: operation, qubits: qubits, angles: reversed)
    }
  }
}
