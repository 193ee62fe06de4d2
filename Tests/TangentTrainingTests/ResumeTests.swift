import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation
import Testing

import TangentTraining
@testable import TangentOptimization

@Suite struct ResumeTests {
  /// 100 steps are 40 steps, save, load, and 60 more, bit for bit: parameters, optimizer state and record.
  @Test(arguments: allOptimizers)
  func continuesBitForBit(_ optimizer: any Optimizer) throws {
    let file = TemporaryFile()
    for batchSize in [nil, 4] where batchSize == nil || !(optimizer is any EvaluatingOptimizer) {
      for setCount in [1, 3] {
        let options = TrainingOptions(
          optimizer: optimizer, seed: 11, batchSize: batchSize,
          recording: Recording(fields: [.loss, .predictions, .kernel, .theta], schedule: .every(7)))
        let whole = try Problem().run(setCount: setCount, options)
        try whole.advance(steps: 100)
        let first = try Problem().run(setCount: setCount, options)
        try first.advance(steps: 40)
        try first.save(path: file.path)
        let second = try TrainingRun.load(path: file.path)
        #expect(try second.step == 40)
        try second.advance(steps: 60)
        #expect(RunFormat.encode(second, checkpointEvery: 0) == RunFormat.encode(whole, checkpointEvery: 0))
        #expect(try whole.step == 100)
      }
    }
  }

  /// In single precision as well; its losses are those of double precision to about a millionth, but other ones.
  @Test(arguments: allOptimizers)
  func continuesInSinglePrecision(_ optimizer: any Optimizer) throws {
    let file = TemporaryFile()
    let options = TrainingOptions(optimizer: optimizer, recording: Recording(fields: [.loss, .kernel]))
    let whole = try Problem(precision: .single).run(options)
    try whole.advance(steps: 20)
    let first = try Problem(precision: .single).run(options)
    try first.advance(steps: 8)
    try first.save(path: file.path)
    let second = try TrainingRun.load(path: file.path)
    #expect(second.model.precision == .single)
    try second.advance(steps: 12)
    #expect(RunFormat.encode(second, checkpointEvery: 0) == RunFormat.encode(whole, checkpointEvery: 0))
    let double = try Problem().run(options)
    try double.advance(steps: 20)
    let differences = try zip(whole.record.loss, double.record.loss).map { abs($0 - $1) }
    #expect(differences[0] < 1e-6 && differences.max()! < 1e-4 && differences.max()! > 1e-12)
  }

  /// What lies on disk in the middle of a run is enough to make the rest of it.
  @Test(arguments: [nil, 4] as [Int?])
  func continuesFromACheckpoint(_ batchSize: Int?) throws {
    let file = TemporaryFile()
    let options = TrainingOptions(
      optimizer: Adam(), seed: 5, batchSize: batchSize, recording: Recording(fields: [.loss, .kernel]),
      checkpoint: Checkpoint(path: file.path, every: 10))
    let whole = try Problem().run(options)
    var abandoned: TrainingRun?
    try whole.advance(
      steps: 50,
      observer: TrainingObserver(step: { step, _, _ in
        if step == 27 { abandoned = try? TrainingRun.load(path: file.path) }
        return false
      }))
    let resumed = try #require(abandoned)
    #expect(try resumed.step == 20)
    #expect(try resumed.record.steps == Array(0..<20))
    try resumed.advance(steps: 30)
    #expect(RunFormat.encode(resumed, checkpointEvery: 10) == RunFormat.encode(whole, checkpointEvery: 10))
    // A run from a checkpoint goes on writing it; one from `save` does not.
    #expect(try TrainingRun.load(path: file.path).options.checkpoint == options.checkpoint)
    try resumed.save(path: file.path)
    #expect(try TrainingRun.load(path: file.path).options.checkpoint == nil)
  }

  @Test func writesACheckpointWhenItEndsHoweverItEnds() throws {
    let file = TemporaryFile()
    let options = TrainingOptions(
      optimizer: Adam(), checkpoint: Checkpoint(path: file.path, every: 1000))
    let run = try Problem().run(options)
    try run.advance(steps: 3)
    #expect(try TrainingRun.load(path: file.path).step == 3)
    let token = CancelToken()
    _ = try? run.advance(
      steps: 10, cancel: token,
      observer: TrainingObserver(step: { step, _, _ in
        if step == 6 { token.cancel() }
        return false
      }))
    let loaded = try TrainingRun.load(path: file.path)
    #expect(try loaded.step == run.step)
    #expect(try loaded.record.loss == run.record.loss)
    #expect(try loaded.step >= 6)
  }

  @Test func refusesAFolderItCannotWriteTo() throws {
    let options = TrainingOptions(
      optimizer: Adam(), checkpoint: Checkpoint(path: "/nonexistent-folder/run.qtg"))
    let run = try Problem().run(options)
    do {
      try run.advance(steps: 3)
      Issue.record("training began")
    } catch {
      #expect(error.kind == .inputOutput && error.message.contains("/nonexistent-folder/run.qtg"))
    }
    #expect(try run.step == 0)
    #expect(try run.record.steps.isEmpty)
  }

  @Test func namesTheFirstDifference() throws {
    let problem = try Problem()
    let run = try problem.run(TrainingOptions(optimizer: Adam()))
    #expect(run.difference(model: problem.model, data: problem.data, targets: problem.targets) == nil)
    #expect(run.difference() == nil)
    #expect(
      run.difference(model: try Problem(precision: .single).model)
        == "the run's model computes in double precision, the given one in single")
    let deeper = try Problem(layers: 4)
    #expect(
      run.difference(model: deeper.model) == "the run's circuit has 18 parameters, the given one 24")
    #expect(
      run.difference(model: try Problem(qubits: 4).model) == "the run's circuit has 3 qubits, the given one 4"
    )
    #expect(run.difference(model: try Problem(scale: 2).model) == "the run's scale is 1.0, the given one 2.0")
    #expect(
      run.difference(model: try Problem(outputs: 2).model)
        == "the run's model has 1 observables, the given one 2")
    let other = try Model(
      circuit: Ansatz.hardwareEfficient(qubitCount: 3, layers: 3, rotations: [.ry, .rx]),
      observables: problem.model.observables)
    #expect(
      run.difference(model: other)
        == "the circuits differ at instruction 1: rz on [0] in the run, rx on [0] in the given one")
    let turned = try Model(circuit: problem.model.circuit, observables: [.pauli("XII")])
    #expect(run.difference(model: turned) == "observable 0 is another one than the run's")
    #expect(
      run.difference(data: try Problem(samples: 5).data) == "the run has 6 samples, the given data 5")
    var states = try Encoding.haarStates(qubitCount: 3, count: 6, seed: 3)
    states[4, 2].re.negate()
    states[4, 2].im.negate()
    #expect(run.difference(data: try pureData(states)) == "the state of sample 4 differs from the run's")
    #expect(
      run.difference(targets: .values([1, -1, 1, 1, 1, -1])) == "target 3 is -1.0 in the run, 1.0 was given")
    #expect(
      run.difference(targets: .labels([])) == "the run trains a mean squared error, labels were given")
  }
}
