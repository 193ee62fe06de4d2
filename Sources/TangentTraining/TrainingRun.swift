import Synchronization
import TangentCircuits
import TangentNumerics
import TangentSimulation
import TangentOptimization

/// A training run: model, data, optimizer state and record in one object that can stop, save and go on.
///
/// One call at a time: a call that meets another one still running, from a callback too, throws
/// `invalidArgument`.
public final class TrainingRun: @unchecked Sendable {
  public enum Outcome: Int32, Sendable {
    /// All steps were made.
    case completed = 0
    /// The observer asked to stop.
    case stopped = 1
  }

  public let model: Model
  public let data: InputData
  public let targets: Targets
  /// As given, the optimizer before its first step.
  public let options: TrainingOptions
  public let setCount: Int

  let loss: any PredictionLoss
  let floors: FloorMemory
  private let busy = Atomic<Bool>(false)
  // Only the call that holds `busy` touches these.
  var position: Position
  var log = RecordLog()

  /// Where the parameters are and how they got there: all that decides the further path.
  struct Position: Sendable {
    var step = 0
    /// (s, p).
    var theta: [Double]
    var rule: Rule
  }

  enum Rule: Sendable {
    /// One rule moves all sets at once.
    case together(any FirstOrderOptimizer)
    /// One for each set.
    case apart([any EvaluatingOptimizer])
    /// One without a state for all sets, each with a metric of its own.
    case measured(any MetricOptimizer)

    init(_ optimizer: any Optimizer, for theta: ParameterSets) throws(TangentError) {
      let count = optimizer is any FirstOrderOptimizer ? theta.values.count : theta.parameterCount
      guard optimizer.fits(count: count) else {
        throw .invalid("the optimizer carries the state of a run with other parameters; pass a fresh one")
      }
      switch optimizer {
      case let optimizer as any FirstOrderOptimizer: self = .together(optimizer)
      case let optimizer as any EvaluatingOptimizer:
        self = .apart([any EvaluatingOptimizer](repeating: optimizer, count: theta.setCount))
      case let optimizer as any MetricOptimizer: self = .measured(optimizer)
      default:
        throw .invalid(
          "\(type(of: optimizer)) is neither a FirstOrderOptimizer, an EvaluatingOptimizer nor a MetricOptimizer"
        )
      }
    }
  }

  /// - Parameter targets: `.values` (m, k) for mean squared error, `.labels` (m) for cross-entropy.
  /// - Parameter theta: one or several sets of parameters; nil draws `setCount` sets uniformly from [0, 2 pi).
  /// - Parameter floors: shared by runs of one model.
  /// - Throws: `invalidArgument` naming the value and the remedy.
  public init(
    model: Model, data: InputData, targets: Targets, theta: ParameterSets? = nil, setCount: Int = 1,
    options: TrainingOptions, floors: FloorMemory = FloorMemory()
  ) throws(TangentError) {
    loss = try targets.loss(sampleCount: data.sampleCount, outputCount: model.outputCount)
    try options.validate(sampleCount: data.sampleCount)
    let theta =
      if let theta { theta } else {
        try TrainingRun.draw(model.circuit.parameterCount, sets: setCount, seed: options.seed)
      }
    guard theta.parameterCount == model.circuit.parameterCount else {
      throw .invalid(
        "theta has \(theta.parameterCount) entries, the circuit has \(model.circuit.parameterCount) parameters"
      )
    }
    guard theta.parameterCount > 0 else {
      throw .invalid("the circuit has no parameters; there is nothing to train")
    }
    try model.prepareGradient(theta, data)
    if options.optimizer is any MetricOptimizer {
      try model.requirePureStates(data, for: "the metric of \(type(of: options.optimizer))")
    }
    self.model = model
    self.data = data
    self.targets = targets
    self.options = options
    self.floors = floors
    self.setCount = theta.setCount
    position = Position(theta: theta.values, rule: try Rule(options.optimizer, for: theta))
  }

  /// Steps made so far.
  public var step: Int { get throws(TangentError) { try exclusively { position.step } } }

  /// The current parameters, (s, p).
  public var theta: ParameterSets {
    get throws(TangentError) { try exclusively { () throws(TangentError) in try currentTheta } }
  }

  public var record: RunRecord {
    get throws(TangentError) {
      try exclusively { log.record(setCount: setCount, timePerStep: timePerStep) }
    }
  }

  /// How many steps the record holds.
  public var recordedCount: Int { get throws(TangentError) { try exclusively { log.steps.count } } }

  var currentTheta: ParameterSets {
    get throws(TangentError) {
      try ParameterSets(
        values: position.theta, setCount: setCount, parameterCount: model.circuit.parameterCount)
    }
  }

  func exclusively<Result>(_ body: () throws(TangentError) -> Result) throws(TangentError) -> Result {
    guard busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
      throw .invalid("the run is busy with another call; wait until it returns")
    }
    defer { busy.store(false, ordering: .releasing) }
    return try body()
  }

  private static func draw(_ count: Int, sets: Int, seed: UInt64) throws(TangentError) -> ParameterSets {
    guard sets >= 1 else { throw .invalid("\(sets) sets of parameters were asked for; at least 1 is needed") }
    guard sets <= MachineMemory.limit / (8 * max(1, count)) else {
      throw TangentError(
        .outOfMemory, "\(sets) sets of \(count) parameters do not fit into memory; take fewer")
    }
    var random = Philox(seed: seed, stream: Philox.stream(.initialParameters, 0))
    let values = (0..<sets * count).map { _ in 2 * Double.pi * random.uniform() }
    return try ParameterSets(values: values, setCount: sets, parameterCount: count)
  }

  /// NaN for rules that have no time of their own.
  private var timePerStep: Double {
    switch options.optimizer {
    case let descent as GradientDescent:
      ((try? model.zSum()) ?? .nan) * descent.learningRate / Double(data.sampleCount)
    case let flow as GradientFlow: flow.dt
    default: .nan
    }
  }
}
