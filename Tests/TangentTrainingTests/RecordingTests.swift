import TangentNumerics
import TangentSimulation
import TangentTraining
import Testing
import TangentOptimization

private let everything: RecordFields = [.loss, .predictions, .kernel, .theta]

@Suite struct RecordingTests {
  @Test(arguments: [nil, 4] as [Int?])
  func recordsWhatTheModelSays(_ batchSize: Int?) throws {
    let problem = try Problem(outputs: 2)
    let run = try problem.run(
      TrainingOptions(
        optimizer: Adam(), batchSize: batchSize, recording: Recording(fields: everything, schedule: .every(3))
      ))
    try run.advance(steps: 7)
    let record = try run.record
    #expect(record.steps == [0, 3, 6, 7])
    for t in 0..<4 {
      let theta = try ParameterSets(Array(record.theta[t * 18..<(t + 1) * 18]))
      let (predictions, jacobian) = try problem.model.jacobian(theta, problem.data)
      #expect(Array(record.predictions[t * 12..<(t + 1) * 12]) == predictions)
      for i in 0..<6 {
        for j in 0..<6 {
          var sum = 0.0
          for a in 0..<2 {
            for l in 0..<18 { sum += jacobian[(i * 2 + a) * 18 + l] * jacobian[(j * 2 + a) * 18 + l] }
          }
          #expect(abs(record.kernel[(t * 6 + i) * 6 + j] - sum) < 1e-12)
        }
      }
    }
  }

  @Test func steps() throws {
    func recorded(_ schedule: Recording.Schedule, _ steps: Int) throws -> [Int] {
      let run = try Problem(layers: 1).run(
        TrainingOptions(optimizer: Adam(), recording: Recording(schedule: schedule)))
      try run.advance(steps: steps)
      let record = try run.record
      #expect(record.loss.count == record.steps.count && record.kernel.isEmpty && record.theta.isEmpty)
      return record.steps
    }
    #expect(try recorded(.every(1), 3) == [0, 1, 2, 3])
    #expect(try recorded(.every(4), 8) == [0, 4, 8])
    #expect(try recorded(.every(4), 9) == [0, 4, 8, 9])
    #expect(try recorded(.steps([2, 5, 40]), 9) == [0, 2, 5, 9])
    #expect(try recorded(.steps([]), 9) == [0, 9])
    #expect(try recorded(.every(1), 0) == [0])
  }

  /// The parameters move the same way, bit for bit, whatever is recorded and listened to.
  @Test(arguments: allOptimizers)
  func doesNotDisturbTheTrajectory(_ optimizer: any Optimizer) throws {
    for batchSize in [nil, 4] where batchSize == nil || !(optimizer is any EvaluatingOptimizer) {
      for setCount in [1, 2] {
        func end(_ recording: Recording, _ observer: TrainingObserver) throws -> [Double] {
          let run = try Problem().run(
            setCount: setCount,
            TrainingOptions(optimizer: optimizer, seed: 8, batchSize: batchSize, recording: recording))
          try run.advance(steps: 15, observer: observer)
          return try run.theta.values
        }
        let plain = try end(Recording(schedule: .steps([])), TrainingObserver())
        let watched = try end(
          Recording(fields: everything),
          TrainingObserver(step: { _, _, _ in false }, progress: { _, _, _ in }))
        #expect(plain == watched)
        #expect(plain == (try end(Recording(fields: [.kernel], schedule: .every(4)), TrainingObserver())))
      }
    }
  }

  @Test func advancingInPiecesLeavesTheRecordOfOneGo() throws {
    for batchSize in [nil, 4] {
      let options = TrainingOptions(
        optimizer: Adam(), batchSize: batchSize, recording: Recording(fields: everything, schedule: .every(5))
      )
      let whole = try Problem().run(options)
      try whole.advance(steps: 23)
      let pieces = try Problem().run(options)
      for steps in [0, 3, 2, 7, 0, 11] { try pieces.advance(steps: steps) }
      // Bit for bit, but Adam has no time of its own, and NaN does not equal NaN.
      let (a, b) = (try whole.record, try pieces.record)
      #expect(a.steps == b.steps && a.loss == b.loss && a.predictions == b.predictions)
      #expect(a.kernel == b.kernel && a.theta == b.theta)
      #expect(try whole.theta == pieces.theta)
    }
  }

  @Test func refusesARecordLargerThanMemory() throws {
    let run = try Problem().run(
      TrainingOptions(optimizer: Adam(), recording: Recording(fields: everything)))
    do {
      try run.advance(steps: 1_000_000_000_000)
      Issue.record("a record of petabytes was accepted")
    } catch {
      #expect(error.kind == .outOfMemory)
      #expect(error.message.hasPrefix("recording 1000000000001 steps would take 488 TB,"))
    }
  }
}
