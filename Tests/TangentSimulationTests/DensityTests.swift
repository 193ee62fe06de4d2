import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

@Suite struct DensityTests {
  private func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    let damping = try Channel.kraus(
      [
        ComplexMatrix(diagonal: [(1, 0), (0.8, 0)]),
        ComplexMatrix(rows: 2, columns: 2, re: [0, 0.6, 0, 0], im: [0, 0, 0, 0]),
      ], label: "damping")
    let depolarizing = try Channel.depolarizing(kept: 0.9, qubitCount: 2, label: "depolarizing")
    for layer in 0..<4 {
      for qubit in 0..<3 {
        try circuit.append(.ry, qubits: [qubit], angles: [.parameter(6 * layer + qubit)])
        try circuit.appendChannel(damping, qubits: [qubit])
      }
      try circuit.append(.cz, qubits: [layer % 3, (layer + 1) % 3])
      try circuit.appendChannel(depolarizing, qubits: [(layer + 1) % 3, layer % 3])
      for qubit in 0..<3 {
        let pair = [qubit, (qubit + 1) % 3]
        try circuit.append(.rxx, qubits: pair, angles: [.parameter(6 * layer + 3 + qubit)])
      }
    }
    return circuit
  }

  private func jacobian(_ circuit: Circuit, history: Int) throws -> (segments: Int, values: [Double]) {
    let observable = try Observable.pauli("ZXZ")
    let engine = try DensityEngine(
      circuit, [observable], .few, wrt: .parameters, history: history, cancel: nil)
    let theta = try ParameterSets((0..<circuit.parameterCount).map { 0.1 + 0.37 * Double($0) })
    let data = try InputData(sampleCount: 1)
    let call = Call(
      scale: 1, theta: theta, data: data, schedule: Schedule(theta, data, rows: nil, takesMixedStates: true),
      cancel: nil)
    var (predictions, values) = ([0.0], [Double](repeating: 0, count: circuit.parameterCount))
    DensityRunner(engine, call, DensityWorkspace(engine.plan)).evaluate(
      0, predictions: &predictions, jacobian: &values)
    return (engine.plan.segmentCount, values)
  }

  @Test func statesThatAreMadeAgainAreThoseThatWereKept() throws {
    let circuit = try circuit()
    let all = try jacobian(circuit, history: 1 << 30)
    let state = MemoryLayout<Lane>.stride * 64
    #expect(all.segments == 1 && all.values.contains { abs($0) > 1e-3 })
    for states in [0, 6, 8, 10] {
      let some = try jacobian(circuit, history: LayoutClass.few.shares * states * state)
      #expect(some.segments > 1)
      #expect(some.values == all.values)
    }
  }

  @Test func anglesOfAMapMergeIntoFewPasses() throws {
    let plan = try TransferPlan(try circuit(), wrt: .parameters, history: 1 << 20, cancel: nil)
    // A layer is the runs of the pair with CZ, the map, the third qubit's run when a rotation meets it, three rotations.
    #expect(plan.stepCount == 4 * 6)
  }
}
