import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Fisher information against generators in the Heisenberg picture, golden figures and closed forms.
@Suite struct FisherInformationTests {
  /// Every gate of the table in the middle of others, with shared parameters and features in the angles.
  @Test(arguments: Gate.allCases) func everyGate(gate: Gate) throws {
    var cases = RandomCases(seed: 300 + UInt64(gate.number))
    for features in [0, 2] {
      var circuit = try cases.circuit(qubits: 3, length: 4, features: features)
      let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 5, features: features)
      }
      try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: 3), angles: angles)
      try circuit.append(cases.circuit(qubits: 3, length: 4, features: features), sharingParameters: true)
      try compare(circuit, samples: 2, &cases)
    }
  }

  /// One qubit has two real dimensions, so ranks are small there; 40 parameters fill several chunks.
  @Test(arguments: [1, 2, 3, 4]) func randomCircuits(n: Int) throws {
    var cases = RandomCases(seed: 400 + UInt64(n))
    for features in [0, 3] {
      try compare(
        cases.circuit(qubits: n, length: 60, parameters: 40, features: features), samples: 3, &cases)
    }
  }

  /// Many layers, so that chunks lie before and after the frame, and pairs of blocks in all groups.
  @Test func manyParameters() throws {
    var cases = RandomCases(seed: 31)
    try compare(Ansatz.hardwareEfficient(qubitCount: 3, layers: 20), samples: 1, &cases)
  }

  private func compare(_ circuit: Circuit, samples m: Int, _ cases: inout RandomCases) throws {
    let (d, p, f) = (1 << circuit.qubitCount, circuit.parameterCount, circuit.featureCount)
    let states = cases.pureStates(m, d)
    let x = cases.vector(m * f)
    let theta = cases.vector(2 * p)
    let model = try Model(
      circuit: circuit, observables: [.pauli(String(repeating: "Z", count: circuit.qubitCount))])
    let data = try InputData(
      sampleCount: m, features: x, featureCount: f, states: states, stateKind: .pure, dimension: d)
    let sets = try ParameterSets(values: theta, setCount: 2, parameterCount: p)
    let result = try model.fisherInformation(sets, data)
    var expected = [Double](repeating: 0, count: 2 * p * p)
    for set in 0..<2 {
      for j in 0..<m {
        let one = HeisenbergReference(
          circuit, theta: Array(theta[(set * p)..<((set + 1) * p)]), x: Array(x[(j * f)..<((j + 1) * f)])
        ).fisherInformation(projector(states[(2 * d * j)..<(2 * d * (j + 1))]))
        for k in one.indices { expected[set * p * p + k] += one[k] / Double(m) }
      }
    }
    // Entries grow with the square of the angles' factors.
    let size = expected.map(abs).max() ?? 0
    #expect(largestDifference(result, expected) < 1e-12 * max(1, size), "\(circuit.drawing())")
  }

  @Test(arguments: [1, 3, 4]) func dataFisherOfMixedStates(rank: Int) throws {
    var cases = RandomCases(seed: 40 + UInt64(rank))
    let circuit = try cases.circuit(qubits: 2, length: 14, parameters: 6)
    let rhos = (0..<3).map { _ in cases.mixedState(4, rank: rank) }
    let data = try InputData(
      sampleCount: 3, states: rhos.flatMap { rho in (0..<16).flatMap { [rho.re[$0], rho.im[$0]] } },
      stateKind: .mixed, dimension: 4)
    let model = try Model(circuit: circuit, observables: [.pauli("ZI")])
    let theta = cases.vector(6)
    let mean = (rhos[0] + rhos[1] + rhos[2]).scaled(by: 1 / 3)
    let expected = HeisenbergReference(circuit, theta: theta, x: []).fisherInformation(mean)
    let result = try model.dataFisherInformation(ParameterSets(theta), data)
    #expect(largestDifference(result, expected) < 1e-11)
  }

  @Test(arguments: Golden.convergence.filter { $0.outputs.keys.contains("qfim_sample0") })
  func golden(_ golden: GoldenCase) throws {
    let (model, theta, data) = (try golden.model(), try golden.theta(), try golden.data())
    let first = try model.fisherInformation(theta, data, rows: [0])
    #expect(largestDifference(first, golden.outputs["qfim_sample0"].numbers) < 1e-11)
    let pooled = try model.dataFisherInformation(theta, data)
    #expect(largestDifference(pooled, golden.outputs["dqfim"].numbers) < 1e-11)
    for (j, rank) in golden.outputs["qfim_ranks_tol1e-8"].numbers.enumerated() {
      #expect(try Double(self.rank(model.fisherInformation(theta, data, rows: [j]))) == rank)
    }
    #expect(try Double(rank(pooled)) == golden.outputs["dqfim_rank_tol1e-8"].numbers[0])
  }

  private func rank(_ matrix: [Double]) throws -> Int {
    let p = Int(Double(matrix.count).squareRoot())
    let complex = ComplexMatrix(rows: p, columns: p, re: matrix, im: matrix.map { _ in 0 })
    return try HermitianEigen(complex).values.count { $0 > 1e-8 }
  }

  /// A product of RX on |0...0>: the unit matrix, on any number of qubits and of threads.
  @Test(arguments: [1, 2, 3]) func productState(threads: Int) throws {
    var circuit = try Circuit(qubitCount: 9)
    for q in 0..<9 { try circuit.append(.rx, qubits: [q], angles: [.parameter(q)]) }
    let model = try Model(circuit: circuit, observables: [.pauli("ZIIIIIIII")])
    var cases = RandomCases(seed: 2)
    let theta = try ParameterSets(cases.vector(9))
    let fisher = try ThreadPool(sharingAllAmong: threads).use {
      try model.fisherInformation(theta, InputData(sampleCount: 1))
    }
    let unit = (0..<81).map { $0 % 10 == 0 ? 1.0 : 0 }
    #expect(largestDifference(fisher, unit) < 1e-13)
  }

  @Test func sameBitsOnAnyNumberOfThreads() throws {
    var cases = RandomCases(seed: 77)
    let circuit = try cases.circuit(qubits: 7, length: 150, parameters: 90)
    let model = try Model(circuit: circuit, observables: [.pauli("ZIIIIII")])
    let theta = try ParameterSets(cases.vector(90))
    let data = try InputData(
      sampleCount: 3, states: cases.pureStates(3, 128), stateKind: .pure, dimension: 128)
    let results = try resultsByThreads {
      try model.fisherInformation(theta, data) + model.dataFisherInformation(theta, data)
        + model.dqntk(theta, data)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// Workspaces that rebuild every phase table where it is used give the same answer.
  @Test func withoutKeptTables() throws {
    var cases = RandomCases(seed: 5)
    let circuit = try cases.circuit(qubits: 3, length: 30, parameters: 9, features: 2)
    let observables = [try Observable.pauli("ZXI")]
    let theta = try ParameterSets(cases.vector(9))
    let data = try InputData(sampleCount: 2, features: cases.vector(4), featureCount: 2)
    let kept = try Model(circuit: circuit, observables: observables)
    let rebuilt = try Model(
      circuit: circuit, observables: observables, scale: 1, caps: .init(tables: 0, history: 0))
    #expect(
      try largestDifference(
        kept.fisherInformation(theta, data), rebuilt.fisherInformation(theta, data)) < 1e-12)
    #expect(try largestDifference(kept.dqntk(theta, data), rebuilt.dqntk(theta, data)) < 1e-12)
  }

  /// What shifts only the global phase carries no information, and unused parameters none either.
  @Test func phasesAndGaps() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.appendRotation(.parameter(0), pauli: "II", qubits: [0, 1])
    try circuit.append(.ry, qubits: [1], angles: [.parameter(3)])
    let model = try Model(circuit: circuit, observables: [.pauli("ZI")])
    let fisher = try model.fisherInformation(ParameterSets([0.3, 1, 2, 0.4]), InputData(sampleCount: 1))
    #expect(largestDifference(fisher, (0..<16).map { $0 == 15 ? 1 : 0 }) < 1e-15)
    let fixed = try Model(circuit: Circuit(qubitCount: 2), observables: [.pauli("ZI")])
    #expect(try fixed.fisherInformation(ParameterSets([]), InputData(sampleCount: 1)).isEmpty)
  }

  @Test func refusals() throws {
    var cases = RandomCases(seed: 9)
    let model = try Model(
      circuit: cases.circuit(qubits: 1, length: 3, features: 1), observables: [.pauli("Z")])
    let mixed = try InputData(
      sampleCount: 1, features: [0.1], featureCount: 1, states: [0.5, 0, 0, 0, 0, 0, 0.5, 0],
      stateKind: .mixed, dimension: 2)
    let theta = try ParameterSets(cases.vector(5))
    #expect(throws: TangentError.self) { try model.fisherInformation(theta, mixed) }
    do {
      _ = try model.dataFisherInformation(theta, mixed)
      Issue.record("a feature after a parameter passed")
    } catch {
      #expect(error.message.contains("the data Fisher information needs every feature before"))
    }
    let token = CancelToken()
    token.cancel()
    let data = try InputData(sampleCount: 1, features: [0.1], featureCount: 1)
    #expect(throws: TangentError.self) { try model.fisherInformation(theta, data, cancel: token) }
    #expect(throws: TangentError.self) { try model.dqntk(theta, data, cancel: token) }
  }
}
