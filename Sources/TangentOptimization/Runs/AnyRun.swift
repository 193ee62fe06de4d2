import TangentNumerics

/// A run, whatever it trains.
public protocol AnyRun: AnyObject, Sendable {
  var options: TrainingOptions { get }
  var setCount: Int { get }
  var parameterCount: Int { get }
  var sampleCount: Int { get }
  var step: Int { get throws(TangentError) }
  /// The current parameters, (s, p).
  var parameters: [Double] { get throws(TangentError) }
  var record: RunRecord { get throws(TangentError) }
  var recordedCount: Int { get throws(TangentError) }
  var secondsPerStep: Double { get throws(TangentError) }

  func advance(steps: Int, cancel: CancelToken?, observer: TrainingObserver) throws(TangentError)
    -> RunOutcome
  func save(path: String) throws(TangentError)
  func serialized() throws(TangentError) -> [UInt8]
}

public enum RunOutcome: Int32, Sendable {
  /// All steps were made.
  case completed = 0
  /// The observer asked to stop.
  case stopped = 1
}
