import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// States that go through a circuit one by one, in one stage, with rotations within the vectors, against blocks of states.
@Suite struct LaneRotationTests {
  /// Nothing but rotations on the last two qubits, in every way: alone, with each other and with the others, under
  /// controls, behind permutations and signs.
  private static func circuit(_ cases: inout RandomCases, qubits n: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: n)
    let lanes = [n - 2, n - 1]
    for _ in 0..<60 {
      let angle = cases.angle(parameters: 9, features: 2)
      switch cases.random.index(below: 8) {
      case 0...2:
        let gate = [Gate.rx, .ry, .rz][cases.random.index(below: 3)]
        let qubit = cases.random.index(below: 2) == 0 ? lanes[cases.random.index(below: 2)] : 0
        try circuit.append(gate, qubits: [qubit], angles: [angle])
      case 3:
        let gate = [Gate.crx, .cry, .crz][cases.random.index(below: 3)]
        try circuit.append(gate, qubits: cases.qubits(2, of: n), angles: [angle])
      case 4: try circuit.append(.cz, qubits: cases.qubits(2, of: n))
      case 5: try circuit.append(.cx, qubits: cases.qubits(2, of: n - 2))
      case 6:
        let size = 1 + cases.random.index(below: n)
        let letters = String((0..<size).map { _ in Array("IXYZ")[cases.random.index(below: 4)] })
        try circuit.appendRotation(angle, pauli: letters, qubits: cases.qubits(size, of: n))
      default: try circuit.appendUnitary(cases.unitary(4), qubits: cases.qubits(2, of: n - 2))
      }
    }
    try circuit.append(.ry, qubits: [n - 1], angles: [.parameter(8)])
    try circuit.append(.rx, qubits: [n - 2], angles: [.feature(1)])
    return circuit
  }

  @Test(arguments: 0..<8, [false, true]) func agreesWithBlocks(seed: Int, fromZero: Bool) throws {
    var cases = RandomCases(seed: UInt64(900 + seed))
    let n = 6 + seed % 3
    let circuit = try LaneRotationTests.circuit(&cases, qubits: n)
    let first = "Z" + String(repeating: "I", count: n - 1)
    // Diagonal observables turn in the last stage; others need the final state.
    let observables: [Observable] =
      seed % 2 == 0
      ? [
        try .combination([.pauli(String(repeating: "Z", count: n)), .pauli(first)], coefficients: [1, 0.6])
      ]
      : try [cases.pauliSum(n, terms: 4), .pauli(first)]
    let m = 5
    let data = try InputData(
      sampleCount: m, features: cases.vector(2 * m), featureCount: 2,
      states: fromZero ? [] : cases.pureStates(m, 1 << n), stateKind: fromZero ? .none : .pure,
      dimension: fromZero ? 0 : 1 << n)
    let theta = try ParameterSets(values: cases.vector(18), setCount: 2, parameterCount: 9)
    var inBlocks = WorkspaceLayout.Caps()
    inBlocks.fewestSingleQubits = n + 1
    let blocks = try Model(circuit: circuit, observables: observables, scale: 1.3, caps: inBlocks)
    let expected = try blocks.gradient(
      theta, data, loss: Squares(outputs: observables.count), wantsJacobian: true)
    let features = try blocks.jacobian(theta, data, wrt: .features).jacobian
    let states = try blocks.outputStates(theta, data)
    for history in [256 << 20, 0] {
      var caps = WorkspaceLayout.Caps(history: history)
      caps.blockQubits = n - 1
      let single = try Model(circuit: circuit, observables: observables, scale: 1.3, caps: caps)
      guard case .tiles(let engine) = try single.predictionSimulator(theta, data, rows: m) else {
        Issue.record("no tiles")
        return
      }
      #expect(engine.plan.stages.count == 1)
      #expect(engine.plan.stages[0].keepsHistory == (history > 0))
      let results = try resultsByThreads {
        let result = try single.gradient(
          theta, data, loss: Squares(outputs: observables.count), wantsJacobian: true)
        #expect(largestDifference(result.predictions, expected.predictions) < 1e-12)
        #expect(largestDifference(result.jacobian!, expected.jacobian!) < 1e-12)
        #expect(largestDifference(result.gradient, expected.gradient) < 1e-12)
        let ownFeatures = try single.jacobian(theta, data, wrt: .features).jacobian
        #expect(largestDifference(ownFeatures, features) < 1e-12)
        let ownStates = try single.outputStates(theta, data)
        #expect(largestDifference(ownStates, states) < 1e-12)
        return result.predictions + result.jacobian! + result.gradient
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  /// Cosines of 6e-17 in the lanes wait for the next diagonal pass as well.
  @Test(arguments: [Double.pi, .pi - 1e-9, 0.3]) func vanishingCosines(angle: Double) throws {
    let n = 8
    let circuit = try Ansatz.hardwareEfficient(qubitCount: n, layers: 4)
    let observable = try Observable.pauli("ZZIIIIZZ")
    let theta = try ParameterSets(
      (0..<circuit.parameterCount).map { (k: Int) -> Double in k % 3 == 0 ? 0.2 + 0.1 * Double(k) : angle })
    let data = try InputData(sampleCount: 1)
    let results = try LayoutClass.allCases.map { layout in
      try Model(circuit: circuit, observables: [observable], layout: layout).jacobian(theta, data)
    }
    #expect(largestDifference(results[0].jacobian, results[1].jacobian) < 1e-13)
  }
}
