public import CTangent
internal import TangentCircuits
internal import TangentNumerics

/// One rotation (enum qtg_gate) a qubit, feature q on qubit q.
@c(qtg_encoding_angle)
public func encodingAngle(
  _ n_qubits: Int64, _ rotation: Int32, _ result: UnsafeMutablePointer<qtg_circuit>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try CircuitBox.store(
      Encoding.angle(qubitCount: Int(n_qubits), rotation: Arguments.gate(rotation)), result)
  }
}

/// The second-order feature map (Havlicek et al. 2019): repeats times H and phase(2 x_i) on every qubit, then for
/// every i < j CX, phase(2 (pi - x_i)(pi - x_j)) on j, CX.
@c(qtg_encoding_zz)
public func encodingZZ(_ n_qubits: Int64, _ repeats: Int64, _ result: UnsafeMutablePointer<qtg_circuit>?)
  -> Int32
{
  guarded { () throws(TangentError) in
    guard (1...10_000).contains(repeats) else {
      throw .invalid("repeats is \(repeats), 1 to 10000 is possible")
    }
    try CircuitBox.store(Encoding.zz(qubitCount: Int(n_qubits), repeats: Int(repeats)), result)
  }
}

/// Rows of data (n_rows, n_columns) as amplitudes: padded with zeros and normalised. states: complex (n_rows, 2^n).
@c(qtg_encoding_amplitude)
public func encodingAmplitude(
  _ data: UnsafePointer<Double>?, _ n_rows: Int64, _ n_columns: Int64, _ n_qubits: Int64,
  _ states: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Memory.requireStates(n_rows, n_qubits)
    let data = try Arguments.doubles("data", data, count: try Arguments.count("data", n_rows, n_columns))
    let target = try Arguments.nonNull("states", states)
    let result = try Encoding.amplitude(
      data, rows: Int(n_rows), columns: Int(n_columns), qubitCount: Int(n_qubits))
    try Results.write(result, to: target, "states")
  }
}

/// Haar-random pure states, mutually orthogonal if orthogonal is 1. states: complex (count, 2^n).
@c(qtg_encoding_haar_states)
public func encodingHaarStates(
  _ n_qubits: Int64, _ count: Int64, _ orthogonal: Int32, _ seed: UInt64, _ cancel: qtg_cancel,
  _ states: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    try Memory.requireStates(count, n_qubits)
    let target = try Arguments.nonNull("states", states)
    let result = try Encoding.haarStates(
      qubitCount: Int(n_qubits), count: Int(count), orthogonal: orthogonal != 0, seed: seed, cancel: token)
    try Results.write(result, to: target, "states")
  }
}

extension Memory {
  fileprivate static func requireStates(_ count: Int64, _ n_qubits: Int64) throws(TangentError) {
    guard (1...30).contains(n_qubits) else { throw .invalid("n_qubits is \(n_qubits), 1 to 30 is possible") }
    let entries = try Arguments.count("states", count, 1 << n_qubits, 2)
    try require(8 * entries, "\(count) states of \(n_qubits) qubits")
  }
}
