import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation
import TangentTraining
import Testing
import TangentOptimization

@Suite struct TrainingRunTests {
  /// The run is the loop one would write by hand.
  @Test func descendsTheGradient() throws {
    let problem = try Problem()
    let run = try problem.run(
      TrainingOptions(
        optimizer: GradientDescent(learningRate: 0.5), seed: 4, recording: Recording(fields: [.loss, .theta]))
    )
    #expect(try run.advance(steps: 20) == .completed)
    let record = try run.record
    guard case .values(let y) = problem.targets else { return }
    var theta = Array(record.theta[0..<18])
    for step in 0...20 {
      let (predictions, jacobian) = try problem.model.jacobian(ParameterSets(theta), problem.data)
      let residuals = zip(predictions, y).map { $0 - $1 }
      #expect(abs(record.loss[step] - residuals.reduce(0) { $0 + $1 * $1 } / 12) < 1e-14)
      for l in 0..<18 {
        #expect(abs(record.theta[step * 18 + l] - theta[l]) < 1e-12)
        let slope = (0..<6).reduce(0.0) { $0 + residuals[$1] * jacobian[$1 * 18 + l] } / 6
        theta[l] -= 0.5 * slope
      }
    }
    #expect(record.steps == Array(0...20))
    #expect(try run.step == 20)
    #expect(try run.theta.values == Array(record.theta[(20 * 18)...]))
    #expect(record.loss[20] < 0.5 * record.loss[0])
  }

  @Test(arguments: allOptimizers)
  func everyOptimizerLowersTheLoss(_ optimizer: any Optimizer) throws {
    let run = try Problem(samples: 2).run(TrainingOptions(optimizer: optimizer, seed: 2))
    try run.advance(steps: 60)
    let loss = try run.record.loss
    #expect(loss[60] < 0.1 * loss[0])
  }

  @Test func trainsCrossEntropyOfSeveralOutputs() throws {
    let problem = try Problem(outputs: 3, scale: 2)
    let run = try problem.run(
      TrainingOptions(optimizer: Adam(learningRate: 0.05), recording: Recording(fields: [.predictions])))
    try run.advance(steps: 100)
    let record = try run.record
    func meanLoss(_ z: ArraySlice<Double>) -> Double {
      let rows = stride(from: z.startIndex, to: z.endIndex, by: 3).map { Array(z[$0..<$0 + 3]) }
      return rows.enumerated().reduce(0.0) { sum, row in
        let total = row.element.reduce(0) { $0 + exp($1) }
        return sum - log(exp(row.element[row.offset % 3]) / total)
      } / 6
    }
    #expect(record.loss[100] < 0.5 * record.loss[0])
    #expect(abs(record.loss[0] - meanLoss(record.predictions[0..<18])) < 1e-14)
    #expect(abs(record.loss[100] - meanLoss(record.predictions[1800..<1818])) < 1e-14)
  }

  /// Sets of parameters advance as each would alone.
  @Test(arguments: allOptimizers)
  func setsAdvanceTogether(_ optimizer: any Optimizer) throws {
    let problem = try Problem()
    let recording = Recording(fields: [.loss, .predictions, .kernel, .theta], schedule: .every(4))
    let options = TrainingOptions(optimizer: optimizer, seed: 6, recording: recording)
    let together = try problem.run(setCount: 3, options)
    let start = try together.theta
    try together.advance(steps: 10)
    let record = try together.record
    #expect(record.steps == [0, 4, 8, 10])
    #expect(record.loss.count == 3 * 4 && record.kernel.count == 3 * 4 * 36)
    for set in 0..<3 {
      let alone = try problem.run(
        theta: ParameterSets(Array(start.values[set * 18..<(set + 1) * 18])), options)
      try alone.advance(steps: 10)
      let expected = try alone.record
      for (found, expected) in [
        (record.loss, expected.loss), (record.predictions, expected.predictions),
        (record.kernel, expected.kernel),
        (record.theta, expected.theta),
      ] {
        let width = expected.count
        for k in 0..<width { #expect(abs(found[set * width + k] - expected[k]) < 1e-10) }
      }
    }
  }

  @Test func drawsParametersBySeed() throws {
    let problem = try Problem()
    func draw(_ seed: UInt64, _ sets: Int) throws -> [Double] {
      try problem.run(setCount: sets, TrainingOptions(optimizer: LBFGS(), seed: seed)).theta.values
    }
    let many = try draw(1, 50)
    #expect(many == (try draw(1, 50)))
    #expect(try draw(1, 1) == Array(many[..<18]))
    #expect(try draw(2, 1) != draw(1, 1))
    #expect(many.allSatisfy { $0 >= 0 && $0 < 2 * Double.pi })
    let mean = many.reduce(0, +) / 900
    #expect(abs(mean - Double.pi) < 0.25)  // four standard deviations
  }

  /// One step at c = rate * Zsum / m; the flow has its own time, other rules none.
  @Test func time() throws {
    let problem = try Problem()
    let zSum = 18 * 0.25 * 8 / 63.0
    for batchSize in [nil, 2] {
      let run = try problem.run(
        TrainingOptions(optimizer: GradientDescent(learningRate: 0.5), batchSize: batchSize))
      try run.advance(steps: 3)
      for (step, time) in try run.record.time.enumerated() {
        #expect(abs(time - Double(step) * 0.5 * zSum / 6) < 1e-15)
      }
    }
    let flow = try problem.run(TrainingOptions(optimizer: GradientFlow(rate: 2, dt: 0.25)))
    try flow.advance(steps: 2)
    #expect(try flow.record.time == [0, 0.25, 0.5])
    let adam = try problem.run(TrainingOptions(optimizer: Adam()))
    try adam.advance(steps: 2)
    #expect(try adam.record.time.allSatisfy { $0.isNaN })
  }

  @Test func badInput() throws {
    let problem = try Problem()
    func message(
      theta: [Double]? = nil, setCount: Int = 1, targets: Targets? = nil, _ optimizer: any Optimizer = Adam(),
      batchSize: Int? = nil, schedule: Recording.Schedule = .every(1), checkpoint: Checkpoint? = nil
    ) -> String? {
      do {
        _ = try TrainingRun(
          model: problem.model, data: problem.data, targets: targets ?? problem.targets,
          theta: try theta.map { try ParameterSets($0) }, setCount: setCount,
          options: TrainingOptions(
            optimizer: optimizer, batchSize: batchSize, recording: Recording(schedule: schedule),
            checkpoint: checkpoint))
        return nil
      } catch { return "\(error)" }
    }
    #expect(message() == nil)
    #expect(message(theta: [1, 2]) == "theta has 2 entries, the circuit has 18 parameters")
    #expect(message(setCount: 0) == "0 sets of parameters were asked for; at least 1 is needed")
    #expect(
      message(targets: .values([1])) == "the targets have 1 entries; 6 samples and 1 outputs need 6")
    #expect(
      message(targets: .labels([0, 1, 0, 1, 0, 1]))
        == "cross-entropy needs at least 2 outputs, the model has 1; add an observable per class")
    #expect(message(batchSize: 7) == "batches of 7; with 6 samples their size lies between 1 and 6")
    #expect(
      message(LBFGS(), batchSize: 2)
        == "LBFGS needs the full training set at every step; leave out the size of batches")
    #expect(message(schedule: .every(0)) == "recording every 0 steps is impossible; take at least 1")
    #expect(message(schedule: .steps([3, 3])) == "the steps to record must increase, but 3 follows 3")
    #expect(message(schedule: .steps([-1])) == "step -1 cannot be recorded; steps begin at 0")
    #expect(
      message(GradientDescent(learningRate: -1))
        == "the learning rate is -1.0; it must be positive and finite")
    #expect(
      message(checkpoint: Checkpoint(path: "x", every: 0))
        == "a checkpoint every 0 steps is impossible; take at least 1")
    var used = Momentum(learningRate: 0.1)
    var point = [1.0, 2.0]
    used.update(&point, gradient: [1, 1])
    #expect(
      message(used) == "the optimizer carries the state of a run with other parameters; pass a fresh one")
    let run = try problem.run(TrainingOptions(optimizer: Adam()))
    #expect(throws: TangentError.invalid("-1 steps cannot be made")) { try run.advance(steps: -1) }
    #expect(throws: TangentError.invalid("\(Int.max) steps cannot be made")) {
      try run.advance(steps: 1)
      try run.advance(steps: .max)
    }
  }

  @Test func anEmptyCircuitCannotBeTrained() throws {
    let model = try Model(circuit: Circuit(qubitCount: 1), observables: [.pauli("Z")])
    #expect(throws: TangentError.invalid("the circuit has no parameters; there is nothing to train")) {
      try TrainingRun(
        model: model, data: InputData(sampleCount: 1), targets: .values([1]),
        options: TrainingOptions(optimizer: Adam()))
    }
  }

  @Test func dataThatDoNotFitTheModel() throws {
    let problem = try Problem()
    let small = try pureData(Encoding.haarStates(qubitCount: 2, count: 4))
    #expect(throws: TangentError.invalid("the states have dimension 4, a circuit of 3 qubits needs 8")) {
      try TrainingRun(
        model: problem.model, data: small, targets: .values([1, 1, 1, 1]),
        options: TrainingOptions(optimizer: Adam()))
    }
  }
}
