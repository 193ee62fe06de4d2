import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Blocks of eight doubles against blocks of four, on whatever processor: the same operations lane by lane.
@Suite struct WideLaneTests {
  /// What is computed sample by sample has the same bits; sums over samples are taken in another order.
  @Test(arguments: 1...6) func widthsAgree(n: Int) throws {
    var cases = RandomCases(seed: 4100 + UInt64(n))
    let (d, m) = (1 << n, 13)
    for features in [0, 3] {
      let circuit = try cases.circuit(qubits: n, length: 25, parameters: 7, features: features)
      let observables = try [
        Observable.combination([cases.pauliSum(n, terms: 3)], coefficients: [0.7]),
        .hermitian(cases.hermitian(d)),
      ]
      for hasStates in [false, true] {
        let data = try InputData(
          sampleCount: m, features: cases.vector(m * circuit.featureCount),
          featureCount: circuit.featureCount, states: hasStates ? cases.pureStates(m, d) : [],
          stateKind: hasStates ? .pure : .none, dimension: hasStates ? d : 0)
        for sets in [1, 3] {
          let theta = try ParameterSets(
            values: cases.vector(sets * circuit.parameterCount), setCount: sets,
            parameterCount: circuit.parameterCount)
          try compare(circuit, observables, theta, data)
        }
      }
    }
  }

  /// Fewer samples than lanes: those of several sets share a block.
  @Test func pairsAgree() throws {
    var cases = RandomCases(seed: 4200)
    let circuit = try cases.circuit(qubits: 3, length: 20, parameters: 5, features: 2)
    let theta = try ParameterSets(
      values: cases.vector(9 * circuit.parameterCount), setCount: 9, parameterCount: circuit.parameterCount)
    let data = try InputData(
      sampleCount: 3, features: cases.vector(3 * circuit.featureCount), featureCount: circuit.featureCount)
    try compare(circuit, [.pauli("ZXY")], theta, data)
  }

  @Test func widthGoesBySizeAndClass() {
    func chosen(_ layout: LayoutClass, qubits: Int) -> [Int] {
      [4, 8, 12, 16, 32, 64, 512].filter { layout.prefersWideBlocks($0, qubits: qubits) }
    }
    // As long as every core has a block of four of its own, eight are no gain.
    #expect(chosen(.few, qubits: 6) == [12, 16, 32, 64, 512])
    #expect(chosen(.few, qubits: 10) == [12, 16, 32, 64, 512])
    #expect(chosen(.many, qubits: 6) == [512])
  }

  private func compare(
    _ circuit: Circuit, _ observables: [Observable], _ theta: ParameterSets, _ data: InputData
  ) throws {
    func model(wide: Bool) throws -> Model {
      var caps = WorkspaceLayout.Caps(.few)
      caps.hasWideVectors = wide
      return try Model(circuit: circuit, observables: observables, scale: 1.3, caps: caps)
    }
    let (four, eight) = try (model(wide: false), model(wide: true))
    let units = theta.setCount * data.sampleCount
    let simulator = try eight.predictionSimulator(theta, data, rows: data.sampleCount)
    guard case .wideBlocks = simulator else {
      Issue.record("\(units) states are not simulated in wide blocks")
      return
    }
    let (few, many) = try (four.jacobian(theta, data), eight.jacobian(theta, data))
    #expect(few.predictions == many.predictions)
    #expect(few.jacobian == many.jacobian)
    let weights = (0..<(units * observables.count)).map { 0.1 * Double($0 % 7) - 0.3 }
    let (first, second) = try (
      four.vectorJacobianProduct(theta, data, weights: weights),
      eight.vectorJacobianProduct(theta, data, weights: weights)
    )
    #expect(largestDifference(first.gradient, second.gradient) < 1e-12)
    #expect(first.featureGradient == second.featureGradient)
    #expect(try four.outputStates(theta, data) == eight.outputStates(theta, data))
  }

  /// States of their own fill blocks of four with the eigenvectors of mixed samples.
  @Test func mixedStatesStayInBlocksOfFour() throws {
    var cases = RandomCases(seed: 4300)
    var caps = WorkspaceLayout.Caps(.few)
    caps.hasWideVectors = true
    let circuit = try cases.circuit(qubits: 2, length: 10, parameters: 3)
    let rho = cases.mixedState(4, rank: 3)
    let one = zip(rho.re, rho.im).flatMap { [$0, $1] }
    let data = try InputData(
      sampleCount: 16, states: (0..<16).flatMap { _ in one }, stateKind: .mixed, dimension: 4)
    let model = try Model(circuit: circuit, observables: [.pauli("ZZ")], scale: 1, caps: caps)
    let theta = try ParameterSets(cases.vector(circuit.parameterCount))
    guard case .blocks = try model.predictionSimulator(theta, data, rows: 16) else {
      Issue.record("mixed states are simulated in other blocks than those of four")
      return
    }
  }
}
