import TangentNumerics

/// How a training run proceeds; what it trains is given to `Run` itself.
public struct TrainingOptions: Sendable {
  public var optimizer: any Optimizer
  /// Of the optimizer's learning rate; nil keeps it as it is.
  public var schedule: LearningRateSchedule?
  /// Draws the initial parameters when none are given, and shuffles the mini-batches.
  public var seed: UInt64
  /// Samples a mini-batch holds; nil takes the full training set at every step.
  public var batchSize: Int?
  public var recording: Recording
  public var checkpoint: Checkpoint?
  public var axes: ResultAxes
  /// Gradients are measured with so many; nil for exact ones. The record then has the measured loss.
  public var shots: ShotCounts?

  public init(
    optimizer: any Optimizer, schedule: LearningRateSchedule? = nil, seed: UInt64 = 0,
    batchSize: Int? = nil, recording: Recording = Recording(), checkpoint: Checkpoint? = nil,
    axes: ResultAxes = [], shots: ShotCounts? = nil
  ) {
    self.optimizer = optimizer
    self.schedule = schedule
    self.seed = seed
    self.batchSize = batchSize
    self.recording = recording
    self.checkpoint = checkpoint
    self.axes = axes
    self.shots = shots
    if shots != nil { self.recording.fields.insert(.measuredLoss) }
  }

  func validate(sampleCount: Int) throws(TangentError) {
    try optimizer.validate()
    if let schedule {
      try schedule.validate()
      guard !(optimizer is any EvaluatingOptimizer) else {
        throw .invalid(
          "\(type(of: optimizer)) has no learning rate that a schedule could lower; leave it out")
      }
    }
    try recording.validate()
    guard recording.fields.contains(.measuredLoss) == (shots != nil) else {
      throw .invalid("the measured loss is recorded with shots and only with them")
    }
    if let shots {
      try shots.validate()
      guard optimizer is any FirstOrderOptimizer else {
        throw .invalid(
          "\(type(of: optimizer)) needs more than measured gradients; with shots take GradientDescent, Momentum, Adam or RMSProp"
        )
      }
    }
    if let size = batchSize {
      guard sampleCount > 0 else {
        throw .invalid(
          "batches of \(size), but the loss is that of a population; give samples, or no size of batches")
      }
      guard size >= 1, size <= sampleCount else {
        throw .invalid(
          "batches of \(size); with \(sampleCount) samples their size lies between 1 and \(sampleCount)")
      }
      guard !(optimizer is any EvaluatingOptimizer) || size == sampleCount else {
        throw .invalid(
          "\(type(of: optimizer)) needs the full training set at every step; leave out the size of batches")
      }
    }
    if let checkpoint, checkpoint.every < 1 {
      throw .invalid("a checkpoint every \(checkpoint.every) steps is impossible; take at least 1")
    }
  }
}

/// What a run records and when. Step 0 and the last step are recorded in any case.
public struct Recording: Sendable, Equatable {
  public enum Schedule: Sendable, Equatable {
    /// Steps 0, n, 2n, ...
    case every(Int)
    /// The steps of the list, in increasing order.
    case steps([Int])
  }

  public var fields: RecordFields
  public var schedule: Schedule

  public init(fields: RecordFields = .loss, schedule: Schedule = .every(1)) {
    self.fields = fields
    self.schedule = schedule
  }

  func validate() throws(TangentError) {
    switch schedule {
    case .every(let n):
      if n < 1 { throw .invalid("recording every \(n) steps is impossible; take at least 1") }
    case .steps(let list):
      if let first = list.first, first < 0 {
        throw .invalid("step \(first) cannot be recorded; steps begin at 0")
      }
      if let k = list.indices.dropFirst().first(where: { list[$0] <= list[$0 - 1] }) {
        throw .invalid("the steps to record must increase, but \(list[k]) follows \(list[k - 1])")
      }
    }
  }
}

/// The quantities a run can record; the loss always is.
public struct RecordFields: OptionSet, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let loss = RecordFields(rawValue: 1)
  public static let predictions = RecordFields(rawValue: 2)
  /// The tangent kernel J J^T, summed over outputs.
  public static let kernel = RecordFields(rawValue: 4)
  public static let theta = RecordFields(rawValue: 8)
  /// The Euclidean norm of the gradient on the full set.
  public static let gradientNorm = RecordFields(rawValue: 16)
  /// What shots tell of the loss on the full set, without the mean that their noise adds.
  public static let measuredLoss = RecordFields(rawValue: 32)
}

/// Axes that whoever made the run wants to see in its results even where they have length 1. The run only keeps them, so
/// that a saved run is read as it was made.
public struct ResultAxes: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let sets = ResultAxes(rawValue: 1)
  public static let outputs = ResultAxes(rawValue: 2)
}

/// Where and how often a run saves itself.
public struct Checkpoint: Sendable, Equatable {
  public var path: String
  /// Steps between two saves; the end of each `advance` saves too.
  public var every: Int

  public init(path: String, every: Int = 100) {
    self.path = path
    self.every = every
  }
}
