public import CTangent
internal import Synchronization
internal import TangentCircuits
internal import TangentNumerics
internal import TangentSimulation

final class CircuitBox: Handled {
  static let kind = HandleKind.circuit
  private let state: Mutex<Circuit>

  init(_ circuit: Circuit) { state = Mutex(circuit) }

  static func value(_ handle: Int64) throws(TangentError) -> Circuit {
    try HandleTable.shared.find(handle, as: CircuitBox.self).state.withLock { $0 }
  }

  static func mutate(
    _ handle: Int64, _ change: (inout Circuit) throws(TangentError) -> Void
  ) throws(TangentError) {
    try HandleTable.shared.find(handle, as: CircuitBox.self).state.withLock { circuit throws(TangentError) in
      try change(&circuit)
    }
  }

  static func store(_ circuit: Circuit, _ result: UnsafeMutablePointer<qtg_circuit>?) throws(TangentError) {
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(CircuitBox(circuit))
  }
}

/// A new circuit without instructions on n_qubits qubits, 1 to 128.
@c(qtg_circuit_create)
public func circuitCreate(_ n_qubits: Int64, _ result: UnsafeMutablePointer<qtg_circuit>?) -> Int32 {
  guarded { () throws(TangentError) in try CircuitBox.store(Circuit(qubitCount: Int(n_qubits)), result) }
}

/// An independent copy.
@c(qtg_circuit_copy)
public func circuitCopy(_ circuit: qtg_circuit, _ result: UnsafeMutablePointer<qtg_circuit>?) -> Int32 {
  guarded { () throws(TangentError) in try CircuitBox.store(CircuitBox.value(circuit), result) }
}

@c(qtg_circuit_free)
public func circuitFree(_ circuit: qtg_circuit) -> Int32 {
  always { () throws(TangentError) in try HandleTable.shared.remove(circuit, kind: .circuit) }
}

/// Appends a row of the gate table: gate is an enum qtg_gate, qubits (n_qubits), angles (n_angles) in radians.
@c(qtg_circuit_append_gate)
public func circuitAppendGate(
  _ circuit: qtg_circuit, _ gate: Int32, _ qubits: UnsafePointer<Int64>?, _ n_qubits: Int64,
  _ angles: UnsafePointer<qtg_angle>?, _ n_angles: Int64
) -> Int32 {
  guarded { () throws(TangentError) in
    let gate = try Arguments.gate(gate)
    let qubits = try Arguments.qubits(qubits, count: n_qubits)
    let angles = try Arguments.angles(angles, count: n_angles)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in
      try circuit.append(gate, qubits: qubits, angles: angles)
    }
  }
}

/// Appends exp(-i angle P/2): character k of the Pauli string (I, X, Y, Z) acts on qubits[k].
@c(qtg_circuit_append_rotation)
public func circuitAppendRotation(
  _ circuit: qtg_circuit, _ angle: UnsafePointer<qtg_angle>?, _ pauli: UnsafePointer<CChar>?,
  _ qubits: UnsafePointer<Int64>?, _ n_qubits: Int64
) -> Int32 {
  guarded { () throws(TangentError) in
    let angle = try Arguments.angles(angle, count: 1)[0]
    let pauli = try Arguments.text("pauli", pauli)
    let qubits = try Arguments.qubits(qubits, count: n_qubits)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in
      try circuit.appendRotation(angle, pauli: pauli, qubits: qubits)
    }
  }
}

/// Appends exp(-i angle H): qubit k of the observable H is qubits[k]; H acts on n_qubits qubits.
@c(qtg_circuit_append_evolution)
public func circuitAppendEvolution(
  _ circuit: qtg_circuit, _ angle: UnsafePointer<qtg_angle>?, _ generator: qtg_observable,
  _ qubits: UnsafePointer<Int64>?, _ n_qubits: Int64
) -> Int32 {
  guarded { () throws(TangentError) in
    let angle = try Arguments.angles(angle, count: 1)[0]
    let generator = try ObservableBox.value(generator)
    let qubits = try Arguments.qubits(qubits, count: n_qubits)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in
      try circuit.appendEvolution(angle, generator: generator, qubits: qubits)
    }
  }
}

/// Appends a fixed unitary, complex (dimension, dimension) with dimension 2^n_qubits, qubits[0] on the most
/// significant index.
@c(qtg_circuit_append_unitary)
public func circuitAppendUnitary(
  _ circuit: qtg_circuit, _ matrix: UnsafePointer<Double>?, _ dimension: Int64,
  _ qubits: UnsafePointer<Int64>?,
  _ n_qubits: Int64, _ cancel: qtg_cancel
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let matrix = try Arguments.matrix("matrix", matrix, dimension: dimension)
    let qubits = try Arguments.qubits(qubits, count: n_qubits)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in
      try circuit.appendUnitary(matrix, qubits: qubits, cancel: token)
    }
  }
}

/// Appends another circuit on as many qubits. Its parameter indices move past this circuit's unless
/// share_parameters is 1; feature indices stay.
@c(qtg_circuit_append_circuit)
public func circuitAppendCircuit(_ circuit: qtg_circuit, _ other: qtg_circuit, _ share_parameters: Int32)
  -> Int32
{
  guarded { () throws(TangentError) in
    let other = try CircuitBox.value(other)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in
      try circuit.append(other, sharingParameters: share_parameters != 0)
    }
  }
}

/// The circuit that undoes this one, with the same parameters and features.
@c(qtg_circuit_inverse)
public func circuitInverse(_ circuit: qtg_circuit, _ result: UnsafeMutablePointer<qtg_circuit>?) -> Int32 {
  guarded { () throws(TangentError) in try CircuitBox.store(try CircuitBox.value(circuit).inverse, result) }
}

/// Sizes; an output that is not wanted may be null. n_params and n_features are one more than the largest index.
@c(qtg_circuit_info)
public func circuitInfo(
  _ circuit: qtg_circuit, _ n_qubits: UnsafeMutablePointer<Int64>?, _ n_params: UnsafeMutablePointer<Int64>?,
  _ n_features: UnsafeMutablePointer<Int64>?, _ n_instructions: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let circuit = try CircuitBox.value(circuit)
    n_qubits?.pointee = Int64(circuit.qubitCount)
    n_params?.pointee = Int64(circuit.parameterCount)
    n_features?.pointee = Int64(circuit.featureCount)
    n_instructions?.pointee = Int64(circuit.instructions.count)
  }
}

/// The unitary at parameters theta (n_params) and features x (n_features), complex (2^n, 2^n), up to 12 qubits.
@c(qtg_circuit_matrix)
public func circuitMatrix(
  _ circuit: qtg_circuit, _ theta: UnsafePointer<Double>?, _ n_params: Int64, _ x: UnsafePointer<Double>?,
  _ n_features: Int64, _ cancel: qtg_cancel, _ matrix: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let circuit = try CircuitBox.value(circuit)
    let theta = try Arguments.doubles("theta", theta, count: try Arguments.count("theta", n_params))
    let x = try Arguments.doubles("x", x, count: try Arguments.count("x", n_features))
    let matrix = try Arguments.nonNull("matrix", matrix)
    try Results.write(circuit.matrix(parameters: theta, features: x, cancel: token), to: matrix, "matrix")
  }
}

/// Whether two circuits are the same byte for byte, names apart: equal receives 1 or 0.
@c(qtg_circuit_equal)
public func circuitEqual(_ a: qtg_circuit, _ b: qtg_circuit, _ equal: UnsafeMutablePointer<Int32>?) -> Int32 {
  guarded { () throws(TangentError) in
    let (first, second) = (try CircuitBox.value(a), try CircuitBox.value(b))
    try Arguments.nonNull("equal", equal).pointee =
      CircuitFormat.encodeWithoutNames(first) == CircuitFormat.encodeWithoutNames(second) ? 1 : 0
  }
}

/// A drawing in text, one line a qubit.
@c(qtg_circuit_draw)
public func circuitDraw(
  _ circuit: qtg_circuit, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(CircuitBox.value(circuit).drawing(), buffer, capacity, length)
  }
}

/// The versioned binary form that qtg_circuit_deserialize reads.
@c(qtg_circuit_serialize)
public func circuitSerialize(
  _ circuit: qtg_circuit, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(CircuitFormat.encode(CircuitBox.value(circuit)), buffer, capacity, length)
  }
}

/// A circuit from its binary form; damaged bytes are QTG_CORRUPTED_FILE.
@c(qtg_circuit_deserialize)
public func circuitDeserialize(
  _ bytes: UnsafePointer<UInt8>?, _ n_bytes: Int64, _ result: UnsafeMutablePointer<qtg_circuit>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let count = try Arguments.count("bytes", n_bytes)
    let bytes = Array(try Arguments.buffer("bytes", bytes, count: count))
    try CircuitBox.store(CircuitFormat.decodeCircuit(bytes), result)
  }
}

/// JSON: the gate table as a list of {name, id, qubits, angles, controls, symbol, help}; id is the enum qtg_gate, the
/// first of the qubits are controls, symbol is what a drawing shows on the others.
@c(qtg_gate_table)
public func gateTable(
  _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let rows = Gate.allCases.map { gate in
      let definition = gate.definition
      return """
        {"name": "\(gate.rawValue)", "id": \(gate.number), "qubits": \(definition.qubitCount), \
        "angles": \(definition.angleCount), "controls": \(definition.controlCount), \
        "symbol": "\(definition.symbol)", "help": "\(definition.help)"}
        """
    }
    try Results.write("[\(rows.joined(separator: ", "))]", buffer, capacity, length)
  }
}

extension Arguments {
  static func angles(
    _ pointer: UnsafePointer<qtg_angle>?, count: Int64, limit: Int64 = 64
  ) throws(TangentError) -> [Angle] {
    guard (0...limit).contains(count) else {
      throw .invalid("n_angles is \(count), 0 to \(limit) is expected")
    }
    var angles: [Angle] = []
    for source in try buffer("angles", pointer, count: Int(count)) {
      guard (0...1_000_000).contains(source.n_terms) else {
        throw .invalid("an angle has n_terms \(source.n_terms), 0 to 1000000 is expected")
      }
      var angle = Angle(constant: source.constant)
      for term in try buffer("the terms of an angle", source.terms, count: Int(source.n_terms)) {
        let (first, second) = (Int(term.first), Int(term.second))
        let factor: Angle.Factor
        switch UInt32(bitPattern: term.kind) {
        case QTG_ANGLE_CONFIGURATION.rawValue:
          let key = try ConfigurationKeys.shared.text(term.first)
          angle.configuration.append(Angle.ConfigurationTerm(term.coefficient, key))
          continue
        case QTG_ANGLE_PARAMETER.rawValue: factor = .parameter(first)
        case QTG_ANGLE_FEATURE.rawValue: factor = .feature(first)
        case QTG_ANGLE_PARAMETER_FEATURE.rawValue: factor = .parameterFeature(first, second)
        case QTG_ANGLE_FEATURE_FEATURE.rawValue: factor = .featureFeature(first, second)
        default: throw .invalid("the kind of an angle's term is \(term.kind), 0 to 4 is expected")
        }
        angle.terms.append(Angle.Term(term.coefficient, factor))
      }
      angles.append(angle)
    }
    return angles
  }
}
