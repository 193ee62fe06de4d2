import TangentNumerics

/// What every instruction reduces to: a fixed unitary, the evolution under one generator, or a channel.
public enum ElementaryOperation: Sendable, Equatable {
  /// The first qubit is on the matrix's most significant index.
  case fixed(ComplexMatrix, qubits: [Int])
  /// exp(-i angle G)
  case evolution(Generator, angle: Angle)
  /// The first qubit is the channel's first. With a feature as `draw` one of its operators acts, which that number chooses.
  case channel(Channel, qubits: [Int], draw: Int?)
}

extension Circuit {
  /// All instructions as elementary operations, in time order, without a configuration.
  public var elementaryOperations: [ElementaryOperation] {
    effectiveInstructions.flatMap { $0.elementaryOperations(register: qubitCount) }
  }
}

extension Instruction {
  /// The instruction as elementary operations in time order, on a register of n qubits.
  public func elementaryOperations(register n: Int) -> [ElementaryOperation] {
    switch operation {
    case .unitary(let matrix): return [.fixed(matrix, qubits: qubits)]
    case .channel(let channel): return [.channel(channel, qubits: qubits, draw: draw)]
    case .rotation(let letters):
      return [.evolution(.paulis([pauli(0.5, letters, qubits, n)], controls: 0), angle: angles[0])]
    case .evolution(let observable):
      return [.evolution(generator(observable, register: n), angle: angles[0])]
    case .gate(let gate):
      switch gate.definition.form {
      case .fixed(let matrix, _): return [.fixed(matrix, qubits: qubits)]
      case .evolution(let terms):
        let controls = gate.definition.controlCount
        let targets = Array(qubits.dropFirst(controls))
        return [
          .evolution(
            .paulis(
              terms.map { pauli($0.coefficient, $0.letters, targets, n) },
              controls: Bits.mask(ofQubits: qubits.prefix(controls), register: n)),
            angle: angles[0])
        ]
      case .u3:
        let phase = [pauli(-0.5, "I", qubits, n), pauli(0.5, "Z", qubits, n)]
        return [
          .evolution(.paulis(phase, controls: 0), angle: angles[2]),
          .evolution(.paulis([pauli(0.5, "Y", qubits, n)], controls: 0), angle: angles[0]),
          .evolution(.paulis(phase, controls: 0), angle: angles[1]),
        ]
      }
    }
  }

  private func pauli(_ coefficient: Double, _ letters: String, _ qubits: [Int], _ n: Int) -> PauliTerm {
    var string = PauliString.identity
    for (letter, qubit) in zip(letters, qubits) {
      let bit: QubitMask = Bits.mask(ofQubits: [qubit], register: n)
      if letter == "X" || letter == "Y" { string.x |= bit }
      if letter == "Z" || letter == "Y" { string.z |= bit }
    }
    return PauliTerm(coefficient, string)
  }

  /// A Pauli sum stays one; dense parts and projectors become a dense matrix on the instruction's qubits.
  private func generator(_ observable: Observable, register n: Int) -> Generator {
    if observable.dense == nil, observable.projectors.isEmpty {
      return .paulis(
        observable.paulis.map { pauli($0.coefficient, $0.string.letters(register: qubits.count), qubits, n) },
        controls: 0)
    }
    // Circuit.appendEvolution admits these up to Circuit.maximumDenseGeneratorQubits.
    return .dense(observable.denseMatrix, qubits: qubits)
  }
}
