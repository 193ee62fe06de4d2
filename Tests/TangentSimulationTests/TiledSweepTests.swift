import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// The tiled walk against lane blocks, on states small enough for both: tiles of 16 vectors make many tiles of 7 qubits.
@Suite struct TiledSweepTests {
  @Test(arguments: 0..<12, [false, true]) func agreesWithBlocks(seed: Int, fromZero: Bool) throws {
    var cases = RandomCases(seed: UInt64(700 + seed))
    let n = 6 + seed % 3
    let circuit = try cases.circuit(qubits: n, length: 40, parameters: 9, features: 2, mixing: 2)
    let observable = try cases.pauliSum(n, terms: 5)
    let x = cases.vector(2)
    let theta = cases.vector(circuit.parameterCount)
    let zero = [1.0] + [Double](repeating: 0, count: (2 << n) - 1)
    let states = fromZero ? zero : cases.pureStates(1, 1 << n)
    let data = try InputData(
      sampleCount: 1, features: Array(x.prefix(circuit.featureCount)), featureCount: circuit.featureCount,
      states: states, stateKind: .pure, dimension: 1 << n)
    let expected = try Model(circuit: circuit, observables: [observable])
      .jacobian(ParameterSets(theta), data)
    let relabelled = RelabelledCircuit(circuit)
    let pulledBack = observable.pulledBack(through: relabelled.labels)
    for (tileBits, mostHistory) in [(4, 0), (5, 0), (12, 0), (12, 1 << 20)] {
      let plan = try #require(
        try TiledPlan(
          relabelled, [pulledBack], tileBits: tileBits, mostHistory: mostHistory, fromZero: fromZero))
      let layout = WorkspaceLayout(stages: plan.stages, caps: .init())
      let workspace = TiledWorkspace(plan, layout, workers: 2)
      let sweep = TiledSweep(plan: plan, workspace: workspace, cancel: nil)
      let own = try #require(TiledObservable(pulledBack))
      let psi = workspace.psi
      if fromZero && plan.fillsState { psi.update(repeating: Lane(repeating: .nan), count: plan.stateCount) }
      for i in 0..<(fromZero && plan.fillsState ? 4 : 1 << n) {
        psi[2 * (i >> 2)][i & 3] = states[2 * i]
        psi[2 * (i >> 2) + 1][i & 3] = states[2 * i + 1]
      }
      for (k, value) in (theta + x.prefix(circuit.featureCount)).enumerated() {
        workspace.variables[k] = Lane(repeating: value)
      }
      sweep.prepare(set: 0)
      sweep.forward(stages: plan.stages.count)
      #expect(abs(own.expectation(psi, workers: 2) - expected.predictions[0]) < 1e-12)
      own.apply(to: psi, weight: 1, adding: false, into: workspace.lambda, workers: 2)
      workspace.gradients.update(repeating: .zero, count: plan.space.gradientCount)
      sweep.backward(stages: plan.stages.count, scale: 1)
      for p in 0..<circuit.parameterCount {
        #expect(abs(workspace.gradients[p].sum() - expected.jacobian[p]) < 1e-12, "parameter \(p)")
      }
    }
  }

  /// Through the model: blocks for everything against tiles for everything, with several outputs and sets, by any
  /// number of threads; from input states, and from |0...0> with diagonal observables, one or more.
  @Test(arguments: 0..<6, [0, 1, 3]) func modelsAgree(seed: Int, diagonals: Int) throws {
    var cases = RandomCases(seed: UInt64(760 + seed))
    let n = 7
    let circuit = try cases.circuit(qubits: n, length: 30, parameters: 6, features: 2, mixing: 2)
    let observables: [Observable] =
      switch diagonals {
      case 0: try [cases.pauliSum(n, terms: 3), .projector("0110101"), .pauli("ZIIIIIZ")]
      case 1:
        [
          try .combination(
            [.pauli("ZIZIIII"), .pauli("IIIIZZZ"), .projector("0110101")], coefficients: [1, -0.7, 2])
        ]
      default:
        try [
          .pauli("ZZIIIII"), .combination([.pauli("IIIZIIZ"), .pauli("IZIIIII")], coefficients: [1, 0.4]),
          .pauli("ZIIIIIZ"),
        ]
      }
    let m = 5
    let data = try InputData(
      sampleCount: m, features: cases.vector(m * circuit.featureCount), featureCount: circuit.featureCount,
      states: diagonals == 0 ? cases.pureStates(m, 1 << n) : [], stateKind: diagonals == 0 ? .pure : .none,
      dimension: diagonals == 0 ? 1 << n : 0)
    let theta = try ParameterSets(
      values: cases.vector(2 * circuit.parameterCount), setCount: 2, parameterCount: circuit.parameterCount)
    var tiles = WorkspaceLayout.Caps()
    (tiles.blockQubits, tiles.tile) = (0, 4)
    if seed == 5 { tiles.tables = 0 }
    let blocks = try Model(circuit: circuit, observables: observables, scale: 1.3)
    let tiled = try Model(circuit: circuit, observables: observables, scale: 1.3, caps: tiles)
    let expected = try blocks.gradient(
      theta, data, loss: Squares(outputs: observables.count), wantsJacobian: true)
    let states = try blocks.outputStates(theta, data)
    let results = try resultsByThreads {
      let result = try tiled.gradient(
        theta, data, loss: Squares(outputs: observables.count), wantsJacobian: true)
      #expect(largestDifference(result.predictions, expected.predictions) < 1e-12)
      #expect(largestDifference(result.jacobian!, expected.jacobian!) < 1e-12)
      #expect(largestDifference(result.gradient, expected.gradient) < 1e-12)
      let ownStates = try tiled.outputStates(theta, data)
      #expect(largestDifference(ownStates, states) < 1e-12)
      let plain = try tiled.gradient(theta, data, loss: Squares(outputs: observables.count))
      #expect(plain.gradient == result.gradient)
      return result.predictions + result.jacobian! + result.gradient
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// Cosines of 6e-17 wait for the next diagonal pass and for the last group of a run, in as many rotations as there are.
  @Test(arguments: [Double.pi, .pi - 1e-9, 0.3]) func vanishingCosines(angle: Double) throws {
    let n = 9
    let circuit = try Ansatz.hardwareEfficient(qubitCount: n, layers: 4)
    let observable = try Observable.combination(
      (0..<n).map { q in
        try .pauli(String((0..<n).map { $0 == q || $0 == (q + 1) % n ? "Z" : "I" }))
      }, coefficients: (0..<n).map { 1 + 0.1 * Double($0) })
    // Two in three angles, so that something is left to differentiate.
    let theta = try ParameterSets(
      (0..<circuit.parameterCount).map { (k: Int) -> Double in k % 3 == 0 ? 0.2 + 0.1 * Double(k) : angle })
    let data = try InputData(sampleCount: 1)
    var tiles = WorkspaceLayout.Caps()
    (tiles.blockQubits, tiles.tile) = (0, 5)
    var blocks = WorkspaceLayout.Caps()
    blocks.fewestTiledQubits = n + 1
    let expected = try Model(circuit: circuit, observables: [observable], scale: 1, caps: blocks).jacobian(
      theta, data)
    let result = try Model(circuit: circuit, observables: [observable], scale: 1, caps: tiles).jacobian(
      theta, data)
    #expect(largestDifference(result.predictions, expected.predictions) < 1e-13)
    #expect(largestDifference(result.jacobian, expected.jacobian) < 1e-13)
  }
}
