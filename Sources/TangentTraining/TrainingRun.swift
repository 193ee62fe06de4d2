import TangentCircuits
import TangentNumerics
import TangentOptimization
import TangentSimulation

/// A training run of a quantum neural network: model, data, optimizer state and record.
public typealias TrainingRun = Run<CircuitProblem>

extension TrainingRun {
  /// - Parameter targets: `.values` (m, k) for mean squared error, `.labels` (m) for cross-entropy.
  /// - Parameter weights: of the samples in the loss (m); all weigh the same unless given.
  /// - Parameter theta: one or several sets of parameters; nil draws `setCount` sets uniformly from [0, 2 pi).
  /// - Parameter measurement: of the model, for options with shots.
  /// - Parameter note: what the caller wants to find again with the run, unread.
  /// - Parameter floors: shared by runs of one model.
  /// - Throws: `invalidArgument` naming the value and the remedy.
  public convenience init(
    model: Model, data: InputData, targets: Targets, weights: [Double]? = nil,
    theta: ParameterSets? = nil, setCount: Int = 1, options: TrainingOptions,
    measurement: Measurement? = nil, note: [UInt8] = [], floors: FloorMemory = FloorMemory()
  ) throws(TangentError) {
    guard model.method != .trajectories else {
      throw .invalid(
        "the model simulates trajectories, and training needs predictions that nothing is drawn for; take another method"
      )
    }
    let problem = try CircuitProblem(
      model: model, data: data, targets: targets, weights: weights, measurement: measurement, note: note,
      floors: floors)
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
    try self.init(problem, parameters: theta.values, setCount: theta.setCount, options: options)
  }

  public var model: Model { problem.model }
  public var data: InputData { problem.data }
  public var targets: Targets { problem.targets }
  public var note: [UInt8] { problem.note }
  var floors: FloorMemory { problem.floors }

  /// The current parameters, (s, p).
  public var theta: ParameterSets {
    get throws(TangentError) {
      try ParameterSets(
        values: try parameters, setCount: setCount, parameterCount: model.circuit.parameterCount)
    }
  }

  private static func draw(_ count: Int, sets: Int, seed: UInt64) throws(TangentError) -> ParameterSets {
    guard sets >= 1 else { throw .invalid("\(sets) sets of parameters were asked for; at least 1 is needed") }
    guard sets <= MachineMemory.available / (8 * max(1, count)) else {
      throw TangentError(
        .outOfMemory, "\(sets) sets of \(count) parameters do not fit into memory; take fewer")
    }
    var random = Philox(seed: seed, stream: Philox.stream(.initialParameters, 0))
    let values = (0..<sets * count).map { _ in 2 * Double.pi * random.uniform() }
    return try ParameterSets(values: values, setCount: sets, parameterCount: count)
  }
}
