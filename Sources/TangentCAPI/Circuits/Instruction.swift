public import CTangent
internal import TangentCircuits
internal import TangentNumerics

extension CircuitBox {
  static func instruction(_ handle: Int64, _ index: Int64) throws(TangentError) -> Instruction {
    let circuit = try value(handle)
    guard index >= 0, index < circuit.instructions.count else {
      throw .invalid(
        "index is \(index), but the circuit has \(circuit.instructions.count) instructions, counted from 0")
    }
    return circuit.instructions[Int(index)]
  }
}

/// What instruction index of a circuit is; an output that is not wanted may be null. kind is an enum
/// qtg_instruction_kind, gate an enum qtg_gate, -1 unless the kind is QTG_INSTRUCTION_GATE.
@c(qtg_instruction_info)
public func instructionInfo(
  _ circuit: qtg_circuit, _ index: Int64, _ kind: UnsafeMutablePointer<Int32>?,
  _ gate: UnsafeMutablePointer<Int32>?, _ n_qubits: UnsafeMutablePointer<Int64>?,
  _ n_angles: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let instruction = try CircuitBox.instruction(circuit, index)
    let (number, name): (qtg_instruction_kind, Int32) =
      switch instruction.operation {
      case .gate(let gate): (QTG_INSTRUCTION_GATE, Int32(gate.number))
      case .rotation: (QTG_INSTRUCTION_ROTATION, -1)
      case .evolution: (QTG_INSTRUCTION_EVOLUTION, -1)
      case .unitary: (QTG_INSTRUCTION_UNITARY, -1)
      case .channel: (QTG_INSTRUCTION_CHANNEL, -1)
      }
    kind?.pointee = Int32(number.rawValue)
    gate?.pointee = name
    n_qubits?.pointee = Int64(instruction.qubits.count)
    n_angles?.pointee = Int64(instruction.angles.count)
  }
}

/// The instruction's qubits (n_qubits), in the order in which they were given.
@c(qtg_instruction_qubits)
public func instructionQubits(
  _ circuit: qtg_circuit, _ index: Int64, _ buffer: UnsafeMutablePointer<Int64>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let qubits = try CircuitBox.instruction(circuit, index).qubits
    try Results.write(qubits.map(Int64.init), buffer, capacity, length)
  }
}

/// Angle number angle of the instruction, 0 to n_angles - 1, in radians: its constant and its terms. Equal terms have
/// been merged; they come in the order of their kinds and indices, those with coefficient 0 included.
@c(qtg_instruction_angle)
public func instructionAngle(
  _ circuit: qtg_circuit, _ index: Int64, _ angle: Int64, _ constant: UnsafeMutablePointer<Double>?,
  _ buffer: UnsafeMutablePointer<qtg_angle_term>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let instruction = try CircuitBox.instruction(circuit, index)
    guard angle >= 0, angle < instruction.angles.count else {
      throw .invalid("angle is \(angle), but \(instruction.name) has \(instruction.angles.count) angles")
    }
    let source = instruction.angles[Int(angle)]
    constant?.pointee = source.constant
    let terms = source.terms.map(qtg_angle_term.init) + source.configuration.map(qtg_angle_term.init)
    try Results.write(terms, buffer, capacity, length)
  }
}

/// The Pauli letters of a rotation, one a qubit; an error for other kinds.
@c(qtg_instruction_pauli)
public func instructionPauli(
  _ circuit: qtg_circuit, _ index: Int64, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let instruction = try CircuitBox.instruction(circuit, index)
    guard case .rotation(let letters) = instruction.operation else {
      throw .invalid("instruction \(index) is \(instruction.name), which has no Pauli letters")
    }
    try Results.write(letters, buffer, capacity, length)
  }
}

/// The generator of an evolution on its n_qubits qubits, as it was given; an error for other kinds.
@c(qtg_instruction_generator)
public func instructionGenerator(
  _ circuit: qtg_circuit, _ index: Int64, _ result: UnsafeMutablePointer<qtg_observable>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let instruction = try CircuitBox.instruction(circuit, index)
    guard case .evolution(let generator) = instruction.operation else {
      throw .invalid("instruction \(index) is \(instruction.name), which has no generator of its own")
    }
    try ObservableBox.store(generator, result)
  }
}

/// The matrix of a unitary, complex (2^n_qubits, 2^n_qubits), qubits[0] on the most significant index; an error for
/// other kinds.
@c(qtg_instruction_matrix)
public func instructionMatrix(
  _ circuit: qtg_circuit, _ index: Int64, _ matrix: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let instruction = try CircuitBox.instruction(circuit, index)
    guard case .unitary(let entries) = instruction.operation else {
      throw .invalid("instruction \(index) is \(instruction.name), which has no matrix of its own")
    }
    try Results.write(entries, to: matrix, "matrix")
  }
}

/// The channel of an instruction; an error for other kinds.
@c(qtg_instruction_channel)
public func instructionChannel(
  _ circuit: qtg_circuit, _ index: Int64, _ result: UnsafeMutablePointer<qtg_channel>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let instruction = try CircuitBox.instruction(circuit, index)
    guard case .channel(let channel) = instruction.operation else {
      throw .invalid("instruction \(index) is \(instruction.name), which is no channel")
    }
    try ChannelBox.store(channel, result)
  }
}

extension qtg_angle_term {
  fileprivate init(_ term: Angle.Term) {
    let (kind, first, second): (qtg_angle_kind, Int, Int) =
      switch term.factor {
      case .parameter(let p): (QTG_ANGLE_PARAMETER, p, 0)
      case .feature(let f): (QTG_ANGLE_FEATURE, f, 0)
      case .parameterFeature(let p, let f): (QTG_ANGLE_PARAMETER_FEATURE, p, f)
      case .featureFeature(let f, let g): (QTG_ANGLE_FEATURE_FEATURE, f, g)
      }
    self.init(
      coefficient: term.coefficient, kind: Int32(kind.rawValue), reserved: 0, first: Int64(first),
      second: Int64(second))
  }

  fileprivate init(_ term: Angle.ConfigurationTerm) {
    self.init(
      coefficient: term.coefficient, kind: Int32(QTG_ANGLE_CONFIGURATION.rawValue), reserved: 0,
      first: ConfigurationKeys.shared.number(term.key), second: 0)
  }
}
