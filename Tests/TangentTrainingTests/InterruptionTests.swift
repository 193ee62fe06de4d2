import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation
import TangentTraining
import Testing
import TangentOptimization

/// Cancels from another thread and remembers when.
private final class Alarm: @unchecked Sendable {
  let token = CancelToken()
  let delay: UInt32
  var time = ContinuousClock().now

  init(_ microseconds: UInt32) { delay = microseconds }

  func ring() {
    usleep(delay)
    time = ContinuousClock().now
    token.cancel()
  }
}

@Suite struct InterruptionTests {
  private let options = TrainingOptions(
    optimizer: Adam(learningRate: 0.05), seed: 1,
    recording: Recording(fields: [.loss, .theta], schedule: .every(10)))

  @Test func theObserverHearsOfEveryStepAndCanStop() throws {
    let run = try Problem().run(options)
    var heard: [(Int, [Double], [Double])] = []
    let outcome = try run.advance(
      steps: 50,
      observer: TrainingObserver(step: { step, loss, theta in
        heard.append((step, loss, theta))
        return step == 17
      }))
    #expect(outcome == .stopped)
    #expect(heard.map(\.0) == Array(0...17))
    let record = try run.record
    #expect(record.steps == [0, 10, 17])
    #expect(heard[10].1 == [record.loss[1]] && heard[17].1 == [record.loss[2]])
    #expect(heard[17].2 == (try run.theta.values) && Array(record.theta[36...]) == heard[17].2)

    // and it goes on as if nothing had been
    try run.advance(steps: 33)
    let whole = try Problem().run(options)
    try whole.advance(steps: 50)
    #expect(try run.theta == whole.theta)
    #expect(try run.record.steps == [0, 10, 20, 30, 40, 50])
    #expect(try run.record.loss == whole.record.loss)
  }

  @Test func cancellingLeavesTheRunWhole() throws {
    for optimizer in allOptimizers {
      let options = TrainingOptions(optimizer: optimizer, seed: 1, recording: self.options.recording)
      let run = try Problem().run(options)
      let token = CancelToken()
      #expect(throws: TangentError(.cancelled, "the call was cancelled")) {
        try run.advance(
          steps: 50, cancel: token,
          observer: TrainingObserver(step: { step, _, _ in
            if step == 12 { token.cancel() }
            return false
          }))
      }
      let step = try run.step
      let record = try run.record
      #expect(step == 12 || step == 13)
      #expect(record.steps == [0, 10, step])
      #expect(Array(record.theta.suffix(18)) == (try run.theta.values))
      try run.advance(steps: 30 - step)
      let whole = try Problem().run(options)
      try whole.advance(steps: 30)
      #expect(try run.theta == whole.theta)
      #expect(try run.record.loss == whole.record.loss)
    }
  }

  /// The call of the model itself notices: in a part of the time that one gradient takes.
  @Test func stopsWithinAGradient() throws {
    let problem = try Problem(qubits: 10, layers: 60, samples: 800)
    let run = try problem.run(TrainingOptions(optimizer: GradientDescent(learningRate: 0.01)))
    try run.advance(steps: 1)
    let clock = ContinuousClock()
    let step = try (0..<2).map { _ in try clock.measure { try run.advance(steps: 1) } }.max()!
    let alarm = Alarm(UInt32(step / .microseconds(10)))
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { raw in
        Unmanaged<Alarm>.fromOpaque(raw!).takeRetainedValue().ring()
        return nil
      }, Unmanaged.passRetained(alarm).toOpaque())
    #expect(throws: TangentError(.cancelled, "the call was cancelled")) {
      try run.advance(steps: 1_000_000, cancel: alarm.token)
    }
    let end = ContinuousClock().now
    pthread_join(thread, nil)
    #expect(end - alarm.time < step / 2)
  }

  @Test func aLossThatIsNotFiniteEndsTheRun() throws {
    // The square of 1e200 overflows at once.
    let run = try Problem(scale: 1e200).run(options)
    #expect(
      throws: TangentError(
        .numerical, "the loss is inf at step 0; the run stands at step 0: start elsewhere")
    ) { try run.advance(steps: 5) }
    #expect(try run.record.steps.isEmpty)

    // Huge steps drive the parameters out of the numbers after a while.
    let wild = try Problem().run(
      TrainingOptions(
        optimizer: Momentum(learningRate: 1e307, momentum: 0.999),
        recording: Recording(fields: [.loss, .theta])))
    do {
      try wild.advance(steps: 1000)
      Issue.record("the run went on")
    } catch {
      #expect(error.kind == .numerical)
      let step = try wild.step
      #expect(error.message.contains("at step \(step + 1); the run stands at step \(step)"))
      let record = try wild.record
      #expect(record.steps == Array(0...step))
      #expect(record.loss.allSatisfy { $0.isFinite })
      #expect(Array(record.theta.suffix(18)) == (try wild.theta.values))
    }
  }

  @Test func oneCallAtATime() throws {
    let run = try Problem().run(options)
    var messages: [String] = []
    try run.advance(
      steps: 1,
      observer: TrainingObserver(step: { _, _, _ in
        do throws(TangentError) { _ = try run.record } catch { messages.append(error.message) }
        return false
      }))
    #expect(
      messages == [String](repeating: "the run is busy with another call; wait until it returns", count: 2))
  }

  @Test func progressIsRare() throws {
    let run = try Problem(qubits: 1, layers: 1, samples: 1).run(
      TrainingOptions(optimizer: Adam(), recording: Recording(schedule: .every(1000))))
    var steps: [Int] = []
    let clock = ContinuousClock()
    let duration = try clock.measure {
      try run.advance(
        steps: 5000,
        observer: TrainingObserver(progress: { step, last, _ in
          #expect(last == 5000)
          steps.append(step)
        }))
    }
    #expect(steps.first == 0 && steps.last == 5000)
    #expect(Double(steps.count) <= duration / .milliseconds(10) + 3)
  }
}
