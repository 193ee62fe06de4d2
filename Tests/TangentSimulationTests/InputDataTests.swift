import TangentCircuits
import TangentNumerics
import TangentSimulation
import TestSupport
import Testing

/// Samples and parameters that no model may see: the message names the sample, the value and what is expected.
@Suite struct InputDataTests {
  private func expectInvalid(
    _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation, when body: () throws -> Void
  ) {
    let error = #expect(throws: TangentError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.kind == .invalidArgument, sourceLocation: sourceLocation)
    for part in parts {
      let text = error?.message ?? ""
      #expect(text.contains(part), "\"\(text)\" does not say \"\(part)\"", sourceLocation: sourceLocation)
    }
  }

  private func pure(_ states: [Double], _ m: Int = 2, _ d: Int = 2) throws -> InputData {
    try InputData(sampleCount: m, states: states, stateKind: .pure, dimension: d)
  }

  private func mixed(_ rho: [Double]) throws -> InputData {
    try InputData(sampleCount: 1, states: rho, stateKind: .mixed, dimension: 2)
  }

  @Test func pureStates() throws {
    _ = try pure([1, 0, 0, 0, 0.6, 0, 0, 0.8])
    expectInvalid("state 1 has norm 0.5", "1e-08", "divide it by its norm") {
      _ = try pure([1, 0, 0, 0, 0.5, 0, 0, 0])
    }
    expectInvalid("state 0 has norm 0.0") { _ = try pure([0, 0, 0, 0, 1, 0, 0, 0]) }
    for bad in [Double.nan, .infinity] {
      expectInvalid("states of sample 1 hold \(bad)", "finite") { _ = try pure([1, 0, 0, 0, 0, bad, 0, 1]) }
    }
    expectInvalid("states have 4 numbers", "needs 8") { _ = try pure([1, 0, 0, 0]) }
    for d in [0, -1] { expectInvalid("dimension \(d)") { _ = try pure([], 2, d) } }
    expectInvalid("too large") { _ = try pure([1], 2, .max) }
  }

  @Test func densityMatrices() throws {
    _ = try mixed([0.5, 0, 0, 0.25, 0, -0.25, 0.5, 0])
    expectInvalid("density matrix 0 has trace 2.0", "1 within 1e-08") {
      _ = try mixed([1, 0, 0, 0, 0, 0, 1, 0])
    }
    expectInvalid("density matrix 0 differs from its adjoint by 0.25", "Hermitian") {
      _ = try mixed([0.5, 0, 0.25, 0, 0, 0, 0.5, 0])
    }
    expectInvalid("density matrix 0 has the eigenvalue -0.5", "not be negative") {
      _ = try mixed([1.5, 0, 0, 0, 0, 0, -0.5, 0])
    }
    expectInvalid("states of sample 0 hold nan") { _ = try mixed([.nan, 0, 0, 0, 0, 0, 1, 0]) }
    expectInvalid("dimension 0") {
      _ = try InputData(sampleCount: 1, states: [], stateKind: .mixed, dimension: 0)
    }
  }

  @Test func features() throws {
    expectInvalid("0 samples", "at least 1") { _ = try InputData(sampleCount: 0) }
    expectInvalid("features have 3 numbers", "needs 4") {
      _ = try InputData(sampleCount: 2, features: [1, 2, 3], featureCount: 2)
    }
    expectInvalid("features of sample 1 hold inf") {
      _ = try InputData(sampleCount: 2, features: [1, 2, .infinity, 3], featureCount: 2)
    }
  }

  @Test func parameters() throws {
    expectInvalid("theta[1] is nan", "finite") { _ = try ParameterSets([0, .nan]) }
    expectInvalid("theta has 3 entries for 2 sets of 2 parameters") {
      _ = try ParameterSets(values: [0, 0, 0], setCount: 2, parameterCount: 2)
    }
    expectInvalid("theta has 0 entries") { _ = try ParameterSets(values: [], setCount: 0, parameterCount: 2) }
    expectInvalid("theta has 1 entries") {
      _ = try ParameterSets(values: [0], setCount: .max, parameterCount: .max)
    }
  }

  @Test func whatDoesNotFitTheModel() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(1)])
    try circuit.append(.ry, qubits: [0], angles: [.feature(2)])
    let model = try Model(circuit: circuit, observables: [.pauli("ZI")])
    let (theta, x) = (try ParameterSets([0, 0]), [0.1, 0.2, 0.3])
    expectInvalid("theta has 3 entries, the circuit has 2 parameters") {
      _ = try model.predict(ParameterSets(x), InputData(sampleCount: 1, features: x, featureCount: 3))
    }
    expectInvalid("the data have 0 features, the circuit uses 3", "give features of shape (1, 3)") {
      _ = try model.predict(theta, InputData(sampleCount: 1))
    }
    expectInvalid("the states have dimension 2, a circuit of 2 qubits needs 4") {
      _ = try model.predict(
        theta,
        InputData(
          sampleCount: 1, features: x, featureCount: 3, states: [1, 0, 0, 0], stateKind: .pure, dimension: 2))
    }
    expectInvalid("at least one observable") { _ = try Model(circuit: circuit, observables: []) }
    expectInvalid("observable 1 acts on 1 qubits, the circuit has 2") {
      _ = try Model(circuit: circuit, observables: [.pauli("ZI"), .pauli("Z")])
    }
    expectInvalid("the scale is nan") {
      _ = try Model(circuit: circuit, observables: [.pauli("ZI")], scale: .nan)
    }
  }

  @Test func moreThanMemory() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(Angle.maximumIndex)])
    let model = try Model(circuit: circuit, observables: [.pauli("Z")])
    let samples = 100 + MachineMemory.limit / (8 * circuit.parameterCount)
    let data = try InputData(
      sampleCount: samples, features: [Double](repeating: 0, count: samples), featureCount: 1)
    let theta = try ParameterSets([Double](repeating: 0, count: circuit.parameterCount))
    let error = #expect(throws: TangentError.self) { try model.jacobian(theta, data) }
    #expect(error?.kind == .outOfMemory)
    #expect(error?.message.contains("GB are allowed; a chunk of") == true)
    let estimate = try model.memoryEstimate(for: .jacobian, samples: samples)
    #expect(estimate > MachineMemory.limit)
  }
}
