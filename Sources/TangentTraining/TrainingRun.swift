// The public surface of a run; it compiles once the simulation floor is there.
#if TRAINING_SURFACE
  import TangentCircuits
  import TangentNumerics
  import TangentSimulation

  /// A training run: model, data, optimiser state and record in one object that can stop, save and go on.
  ///
  /// One thread at a time: a call that meets another one still running throws `invalidArgument`.
  public final class TrainingRun: Sendable {
    /// - Parameter targets: `.values` (m, k) for mean squared error, `.labels` for cross-entropy.
    /// - Parameter theta: one or several sets of parameters; nil draws `setCount` sets uniformly from [0, 2 pi).
    /// - Throws: `invalidArgument` naming the value and the remedy; `inputOutput` for an unwritable checkpoint.
    public init(
      model: Model, data: InputData, targets: Targets, theta: ParameterSets?, setCount: Int = 1,
      options: TrainingOptions
    ) throws(TangentError) { fatalError() }

    public enum Outcome: Int32, Sendable {
      /// All steps were made.
      case completed = 0
      /// The observer asked to stop.
      case stopped = 1
    }

    /// Makes `steps` further steps.
    /// - Throws: `cancelled`, or `numerical` for a non-finite loss; either way theta and record are those of
    ///   the last completed step, and the checkpoint, if one was asked for, has been written.
    public func advance(
      steps: Int, cancel: CancelToken? = nil, observer: TrainingObserver = TrainingObserver()
    ) throws(TangentError) -> Outcome { fatalError() }

    /// Steps made so far.
    public var step: Int { get throws(TangentError) { fatalError() } }
    /// The current parameters, (s, p).
    public var theta: ParameterSets { get throws(TangentError) { fatalError() } }
    public var record: RunRecord { get throws(TangentError) { fatalError() } }

    public let model: Model
    public let data: InputData
    public let targets: Targets

    /// What the data, labels and rate already tell before training; empty when nothing is wrong.
    public func warnings(cancel: CancelToken? = nil) throws(TangentError) -> [String] { fatalError() }

    /// Writes the run to a file, atomically.
    public func save(path: String) throws(TangentError) { fatalError() }
    public static func load(path: String) throws(TangentError) -> TrainingRun { fatalError() }

    /// Nil if what is given equals what the run was made from, else a sentence that names the first difference.
    public func difference(model: Model?, data: InputData?, targets: Targets?) -> String? { fatalError() } 
  }
#endif

/// What the caller wants to hear of while a run advances. Losses are (s), parameters (s, p).
public struct TrainingObserver {
  /// Called at every step, before the parameters move; true ends the run at this step.
  public var step: ((_ step: Int, _ loss: [Double], _ theta: [Double]) -> Bool)?
  /// Called at most every 50 ms, and at the last step.
  public var progress: ((_ step: Int, _ lastStep: Int, _ loss: [Double]) -> Void)?

  public init(
    step: ((_ step: Int, _ loss: [Double], _ theta: [Double]) -> Bool)? = nil,
    progress: ((_ step: Int, _ lastStep: Int, _ loss: [Double]) -> Void)? = nil
  ) {
    self.step = step
    self.progress = progress
  }
}
