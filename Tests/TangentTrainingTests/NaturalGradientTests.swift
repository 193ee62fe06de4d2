import TangentCircuits
import TangentNumerics
import TangentSimulation
import TangentTraining
import Testing
import TangentOptimization

@Suite struct NaturalGradientTests {
  /// One qubit, one angle: F = 1 whatever the angle, so a step is a descent step over 1 + damping.
  @Test func scalesDescentWhereTheMetricIsConstant() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(0)])
    let model = try Model(circuit: circuit, observables: [.pauli("Z")])
    let (rate, damping) = (0.3, 0.25)
    func end(_ optimizer: any Optimizer) throws -> [Double] {
      let run = try TrainingRun(
        model: model, data: InputData(sampleCount: 1), targets: .values([-1]), theta: ParameterSets([0.4]),
        options: TrainingOptions(optimizer: optimizer))
      try run.advance(steps: 25)
      return try run.theta.values
    }
    let natural = try end(NaturalGradient(learningRate: rate, damping: damping))
    let descent = try end(GradientDescent(learningRate: rate / (1 + damping)))
    #expect(abs(natural[0] - descent[0]) < 1e-13)
    #expect(natural[0] > 0.5)
  }

  /// Every step solves (F + damping) direction = gradient, checked by multiplying back.
  @Test(arguments: [nil, 4] as [Int?]) func solvesWithTheMetricOfTheSamples(batchSize: Int?) throws {
    let problem = try Problem()
    let (rate, damping) = (0.2, 1e-2)
    let options = TrainingOptions(
      optimizer: NaturalGradient(learningRate: rate, damping: damping), seed: 4, batchSize: batchSize,
      recording: Recording(fields: [.loss, .theta]))
    let run = try problem.run(setCount: 2, options)
    try run.advance(steps: 1)
    let p = problem.model.circuit.parameterCount
    let path = try run.record.theta
    for set in 0..<2 {
      let before = Array(path[2 * set * p..<(2 * set + 1) * p])
      let after = Array(path[(2 * set + 1) * p..<(2 * set + 2) * p])
      let direction = (0..<p).map { (before[$0] - after[$0]) / rate }
      // The batch is not public: one of the subsets of four samples must agree.
      let subsets = batchSize == nil ? [Array(0..<6)] : subsets(of: 6, size: 4)
      let deviations = try subsets.map { rows in
        let theta = try ParameterSets(before)
        let metric = try problem.model.fisherInformation(theta, problem.data, rows: rows)
        let gradient = try problem.model.gradient(
          theta, problem.data, rows: rows,
          loss: MeanSquaredError(
            targets: (0..<6).map { $0 % 2 == 0 ? 1 : -1 }, sampleCount: 6, outputCount: 1)
        ).gradient
        return (0..<p).map { k in
          abs(
            (0..<p).reduce(damping * direction[k]) { $0 + metric[k * p + $1] * direction[$1] } - gradient[k])
        }.max()!
      }
      #expect(deviations.min()! < 1e-12)
    }
  }

  private func subsets(of n: Int, size: Int) -> [[Int]] {
    (0..<(1 << n)).filter { $0.nonzeroBitCount == size }.map { bits in (0..<n).filter { bits >> $0 & 1 == 1 }
    }
  }

  @Test func refusesMixedStatesAndBadSettings() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 1, layers: 1)
    let model = try Model(circuit: circuit, observables: [.pauli("Z")])
    let mixed = try InputData(
      sampleCount: 1, states: [0.5, 0, 0, 0, 0, 0, 0.5, 0], stateKind: .mixed, dimension: 2)
    func start(_ optimizer: NaturalGradient, _ data: InputData) -> String? {
      do {
        _ = try TrainingRun(
          model: model, data: data, targets: .values([1]), options: TrainingOptions(optimizer: optimizer))
        return nil
      } catch { return error.message }
    }
    #expect(start(NaturalGradient(learningRate: 0.1), mixed)?.contains("NaturalGradient") == true)
    let data = try InputData(sampleCount: 1)
    #expect(start(NaturalGradient(learningRate: 0.1), data) == nil)
    #expect(start(NaturalGradient(learningRate: 0.1, damping: 0), data)?.contains("damping is 0.0") == true)
    #expect(start(NaturalGradient(learningRate: -1), data)?.contains("the learning rate is -1.0") == true)
  }
}
