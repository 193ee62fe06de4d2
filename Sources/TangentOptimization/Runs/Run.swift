import Synchronization
import TangentNumerics

/// A training run: problem, optimizer state and record in one object that can stop, save and go on.
///
/// One call at a time: a call that meets another one still running, from a callback too, throws
/// `invalidArgument`.
public final class Run<Problem: TrainingProblem>: AnyRun, @unchecked Sendable {
  public typealias Outcome = RunOutcome

  public let problem: Problem
  /// As given, the optimizer before its first step.
  public let options: TrainingOptions
  public let setCount: Int

  private let busy = Atomic<Bool>(false)
  // Only the call that holds `busy` touches these.
  var position: RunPosition
  var log = RecordLog()

  /// - Parameter parameters: (setCount, p), finite.
  /// - Throws: `invalidArgument` naming the value and the remedy.
  public init(
    _ problem: Problem, parameters: [Double], setCount: Int, options: TrainingOptions
  ) throws(TangentError) {
    try options.validate(sampleCount: problem.sampleCount)
    let (size, overflow) = setCount.multipliedReportingOverflow(by: problem.parameterCount)
    guard setCount >= 1, !overflow, size > 0, size == parameters.count else {
      throw .invalid(
        "there are \(parameters.count) parameters for \(setCount) sets of \(problem.parameterCount)")
    }
    if let bad = parameters.firstNonFinite {
      throw .invalid("parameter \(bad) is \(parameters[bad]); parameters must be finite")
    }
    try problem.prepare(parameters, setCount: setCount, options: options)
    self.problem = problem
    self.options = options
    self.setCount = setCount
    position = RunPosition(
      parameters: parameters, rule: try RunRule(options.optimizer, sets: setCount, of: problem.parameterCount)
    )
  }

  public var parameterCount: Int { problem.parameterCount }
  public var sampleCount: Int { problem.sampleCount }

  /// A rough estimate.
  public var secondsPerStep: Double {
    get throws(TangentError) {
      try problem.secondsPerStep(setCount: setCount, optimizer: options.optimizer)
    }
  }

  /// Steps made so far.
  public var step: Int { get throws(TangentError) { try exclusively { position.step } } }

  /// The current parameters, (s, p).
  public var parameters: [Double] { get throws(TangentError) { try exclusively { position.parameters } } }

  public var record: RunRecord {
    get throws(TangentError) {
      try exclusively {
        log.record(
          setCount: setCount, timePerStep: problem.timePerStep(options.optimizer), schedule: options.schedule)
      }
    }
  }

  /// How many steps the record holds.
  public var recordedCount: Int { get throws(TangentError) { try exclusively { log.steps.count } } }

  func exclusively<Result>(_ body: () throws(TangentError) -> Result) throws(TangentError) -> Result {
    guard busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
      throw .invalid("the run is busy with another call; wait until it returns")
    }
    defer { busy.store(false, ordering: .releasing) }
    return try body()
  }
}
