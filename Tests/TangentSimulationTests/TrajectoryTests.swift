import Glibc
import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

@Suite struct TrajectoryTests {
  private func damping(_ g: Double) throws -> Channel {
    try Channel.kraus(
      [
        ComplexMatrix(diagonal: [(1, 0), ((1 - g).squareRoot(), 0)]),
        ComplexMatrix(rows: 2, columns: 2, re: [0, g.squareRoot(), 0, 0], im: [0, 0, 0, 0]),
      ], label: "damping")
  }

  /// One damped qubit among three, whose probability of 1 is sin^2(theta_0/2) there.
  private func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.ry, qubits: [1], angles: [.parameter(0)])
    for qubit in [0, 2] { try circuit.append(.rx, qubits: [qubit], angles: [.parameter(1 + qubit)]) }
    try circuit.append(.cz, qubits: [0, 2])
    try circuit.append(.rz, qubits: [2], angles: [.feature(0)])
    try circuit.appendChannel(damping(0.4), qubits: [1])
    try circuit.append(.cx, qubits: [1, 2])
    try circuit.append(.rxx, qubits: [0, 1], angles: [.parameter(2)])
    try circuit.append(.ry, qubits: [2], angles: [.parameter(4)])
    return circuit
  }

  private let theta = [0.9, 0.4, 1.7, -0.6, 2.2]

  private func model(_ method: SimulationMethod, precision: Precision = .double) throws -> Model {
    try Model(
      circuit: circuit(), observables: [.pauli("ZXZ"), .pauli("IIY")], scale: 1.3, precision: precision,
      method: method)
  }

  @Test(arguments: Precision.allCases)
  func bothOperatorsTogetherGiveTheDensityMatrix(precision: Precision) throws {
    let exact = try model(.density).jacobian(
      try ParameterSets(theta), try InputData(sampleCount: 1, features: [0.3], featureCount: 1))
    // The damped amplitude jumps with probability 0.4 sin^2(theta_0/2): the second operator.
    let jump = 0.2 * (1 - cos(theta[0]))
    let numbers = [0, 1 - jump - 1e-9, 1 - jump + 1e-9, 0.999_999]
    let found = try model(.trajectories, precision: precision).jacobian(
      try ParameterSets(theta),
      try InputData(sampleCount: 4, features: numbers.flatMap { [0.3, $0] }, featureCount: 2))
    let tolerance = precision == .double ? 1e-14 : 1e-6
    func compare(_ all: [Double], _ mean: [Double]) {
      let count = mean.count
      for k in 0..<count {
        let (first, second) = (all[k], all[3 * count + k])
        #expect(abs(first - all[count + k]) <= tolerance)
        #expect(abs(second - all[2 * count + k]) <= tolerance)
        #expect(abs((1 - jump) * first + jump * second - mean[k]) <= tolerance)
      }
    }
    compare(found.predictions, exact.predictions)
    compare(found.jacobian, exact.jacobian)
  }

  @Test func numbersComeBehindTheFeatures() throws {
    let circuit = try circuit()
    #expect(circuit.unravelled.featureCount == 2)
    #expect(try model(.trajectories).circuit == circuit.unravelled)
    #expect(!circuit.hasDraws && circuit.unravelled.hasDraws)
    let cone = circuit.unravelled.lightCone(of: [try .pauli("IZI")])
    #expect(cone.circuit.hasDraws && cone.restrictedCircuit.hasDraws)
    #expect(throws: TangentError.self) {
      try model(.trajectories).predict(
        try ParameterSets(theta), try InputData(sampleCount: 1, features: [0.3], featureCount: 1))
    }
  }

  @Test func everythingElseIsRefused() throws {
    let (model, theta) = (try model(.trajectories), try ParameterSets(theta))
    let data = try InputData(sampleCount: 1, features: [0.3, 0.5], featureCount: 2)
    #expect(throws: TangentError.self) { try model.hessian(theta, data) }
    #expect(throws: TangentError.self) { try model.fisherInformation(theta, data) }
    #expect(throws: TangentError.self) { try model.outputStates(theta, data) }
    #expect(throws: TangentError.self) { try model.memoryEstimate(for: .hessian, samples: 1) }
    #expect(try model.memoryEstimate(for: .jacobian, samples: 1) > 0)
  }
}
