import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// The tiled walk against lane blocks, on states small enough for both: tiles of 16 vectors make many tiles of 7 qubits.
@Suite struct TiledSweepTests {
  @Test(arguments: 0..<12) func agreesWithBlocks(seed: Int) throws {
    var cases = RandomCases(seed: UInt64(700 + seed))
    let n = 6 + seed % 3
    let circuit = try cases.circuit(qubits: n, length: 40, parameters: 9, features: 2, mixing: 2)
    let observable = try cases.pauliSum(n, terms: 5)
    let x = cases.vector(2)
    let theta = cases.vector(circuit.parameterCount)
    let states = cases.pureStates(1, 1 << n)
    let data = try InputData(
      sampleCount: 1, features: Array(x.prefix(circuit.featureCount)), featureCount: circuit.featureCount,
      states: states, stateKind: .pure, dimension: 1 << n)
    let expected = try Model(circuit: circuit, observables: [observable])
      .jacobian(ParameterSets(theta), data)
    let relabelled = RelabelledCircuit(circuit)
    for tileBits in [4, 5, 12] {
      let plan = try #require(try TiledPlan(relabelled, tileBits: tileBits))
      let layout = WorkspaceLayout(stages: plan.stages, caps: .init())
      let workspace = TiledWorkspace(plan, layout, workers: 2)
      let sweep = TiledSweep(plan: plan, workspace: workspace, cancel: nil)
      let own = try #require(TiledObservable(observable.pulledBack(through: relabelled.labels)))
      let psi = workspace.psi
      for i in 0..<(1 << n) {
        psi[2 * (i >> 2)][i & 3] = states[2 * i]
        psi[2 * (i >> 2) + 1][i & 3] = states[2 * i + 1]
      }
      let features = x.map { Lane(repeating: $0) }
      sweep.prepare(set: 0, theta: theta, features: x)
      sweep.forward()
      #expect(abs(own.expectation(psi, workers: 2) - expected.predictions[0]) < 1e-12)
      own.apply(to: psi, weight: 1, adding: false, into: workspace.lambda, workers: 2)
      sweep.backward(scale: 1, features: features)
      for p in 0..<circuit.parameterCount {
        #expect(abs(workspace.parameterGradients[p].sum() - expected.jacobian[p]) < 1e-12, "parameter \(p)")
      }
    }
  }

  /// Through the model: blocks for everything against tiles for everything, with several outputs and sets, by any
  /// number of threads.
  @Test(arguments: 0..<6) func modelsAgree(seed: Int) throws {
    var cases = RandomCases(seed: UInt64(760 + seed))
    let n = 7
    let circuit = try cases.circuit(qubits: n, length: 30, parameters: 6, features: 2, mixing: 2)
    let observables = try [cases.pauliSum(n, terms: 3), .projector("0110101"), .pauli("ZIIIIIZ")]
    let m = 5
    let data = try InputData(
      sampleCount: m, features: cases.vector(m * circuit.featureCount), featureCount: circuit.featureCount,
      states: cases.pureStates(m, 1 << n), stateKind: .pure, dimension: 1 << n)
    let theta = try ParameterSets(
      values: cases.vector(2 * circuit.parameterCount), setCount: 2, parameterCount: circuit.parameterCount)
    var tiles = WorkspaceLayout.Caps()
    (tiles.blockQubits, tiles.tile) = (0, 4)
    if seed == 5 { tiles.tables = 0 }
    let blocks = try Model(circuit: circuit, observables: observables, scale: 1.3)
    let tiled = try Model(circuit: circuit, observables: observables, scale: 1.3, caps: tiles)
    let expected = try blocks.gradient(theta, data, loss: Squares(outputs: 3), wantsJacobian: true)
    let states = try blocks.outputStates(theta, data)
    var first: [Double]?
    for threads in [1, 2, 7] {
      try ThreadPool.shared.setThreadCount(threads)
      let result = try tiled.gradient(theta, data, loss: Squares(outputs: 3), wantsJacobian: true)
      #expect(largestDifference(result.predictions, expected.predictions) < 1e-12)
      #expect(largestDifference(result.jacobian!, expected.jacobian!) < 1e-12)
      #expect(largestDifference(result.gradient, expected.gradient) < 1e-12)
      let ownStates = try tiled.outputStates(theta, data)
      #expect(largestDifference(ownStates, states) < 1e-12)
      let plain = try tiled.gradient(theta, data, loss: Squares(outputs: 3))
      #expect(plain.gradient == result.gradient)
      let all = result.predictions + result.jacobian! + result.gradient
      if let first { #expect(all == first) } else { first = all }
    }
  }

  private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }
}
