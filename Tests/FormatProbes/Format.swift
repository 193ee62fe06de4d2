import QTangent

/// A binary form that may come from strangers, and what is done with it: bytes from anywhere give an object that works, or an
/// error.
public enum Format: String, CaseIterable, Sendable {
  case circuit
  case observable
  case channel
  case run
  case students

  /// Reads the bytes, and if they hold something reads what is written of it and works with it where it is small.
  /// - Parameter bytes: of a run what stands behind the header, whose checksum no mutation would fit.
  /// - Returns: whether they hold something.
  @discardableResult public func probe(_ bytes: [UInt8]) -> Bool {
    do throws(TangentError) {
      switch self {
      case .circuit: try probe(CircuitFormat.decodeCircuit(bytes))
      case .observable: try probe(CircuitFormat.decodeObservable(bytes))
      case .channel: try probe(CircuitFormat.decodeChannel(bytes))
      case .run:
        let run = try TrainingRun.deserialized(CircuitProblem.file.header(of: bytes) + bytes)
        try probe(run, qubits: run.problem.model.circuit.qubitCount)
      case .students:
        try probe(TeacherStudentRun.deserialized(TeacherStudentProblem.file.header(of: bytes) + bytes))
      }
      return true
    } catch {
      // Of the work with it, a refusal that says so is no defect.
      precondition(error.kind != .internalError && !error.message.isEmpty, "\(error)")
      return false
    }
  }

  private func probe(_ circuit: Circuit) throws(TangentError) {
    let bytes = CircuitFormat.encode(circuit)
    try require(CircuitFormat.encode(CircuitFormat.decodeCircuit(bytes)), bytes)
    _ = circuit.drawing()
    guard circuit.qubitCount <= 4, circuit.parameterCount <= 64, circuit.featureCount <= 64 else { return }
    let model = try Model(
      circuit: circuit, observables: [.pauli(String(repeating: "Z", count: circuit.qubitCount))])
    let features = [Double](repeating: 0.7, count: circuit.featureCount)
    let data = try InputData(sampleCount: 1, features: features, featureCount: circuit.featureCount)
    _ = try model.jacobian(Format.parameters(of: circuit), data)
  }

  private func probe(_ observable: Observable) throws(TangentError) {
    let bytes = CircuitFormat.encode(observable)
    try require(CircuitFormat.encode(CircuitFormat.decodeObservable(bytes)), bytes)
    guard observable.qubitCount <= 4 else { return }
    let circuit = try Ansatz.hardwareEfficient(qubitCount: observable.qubitCount, layers: 1, topology: .chain)
    let model = try Model(circuit: circuit, observables: [observable])
    _ = try model.predict(Format.parameters(of: circuit), InputData(sampleCount: 1))
  }

  private func probe(_ channel: Channel) throws(TangentError) {
    let bytes = CircuitFormat.encode(channel)
    try require(CircuitFormat.encode(CircuitFormat.decodeChannel(bytes)), bytes)
  }

  private func probe<Problem>(_ run: Run<Problem>, qubits: Int = 0) throws(TangentError) {
    let bytes = try run.serialized()
    let again = try Run<Problem>.deserialized(bytes)
    try require(again.serialized(), bytes)
    guard bytes.count < 1 << 13, qubits <= 6 else { return }
    // A step may take any time: a gradient flow's follows a stiff equation as far as the file says.
    try Impatience.shared.work { (token) throws(TangentError) in
      _ = try again.advance(steps: 1, cancel: token)
    }
  }

  private static func parameters(of circuit: Circuit) throws(TangentError) -> ParameterSets {
    try ParameterSets([Double](repeating: 0.3, count: circuit.parameterCount))
  }

  private func require(_ found: [UInt8], _ expected: [UInt8]) throws(TangentError) {
    precondition(found == expected, "what is written of it is read as something else")
  }
}
