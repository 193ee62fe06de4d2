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
    for tileBits in [4, 5, 12] {
      let plan = try #require(try TiledPlan(circuit, tileBits: tileBits))
      let workspace = TiledWorkspace(plan, workers: 2, caps: .init())
      let sweep = TiledSweep(plan: plan, workspace: workspace, cancel: nil)
      let own = try #require(TiledObservable(observable))
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
}
