import TangentBounds
import TangentCircuits
import TangentNumerics
import TangentOptimization
import TangentSimulation

/// What a run of a quantum neural network trains: a model on data towards targets.
public final class CircuitProblem: TrainingProblem {
  public let model: Model
  public let data: InputData
  public let targets: Targets
  /// Of the samples in the loss (m); nil where all weigh the same.
  public let weights: [Double]?
  let loss: any PredictionLoss
  let floors: FloorMemory
  /// What shots measure; nil for exact training.
  public let measurement: Measurement?
  /// What the caller wants to find again with a run, unread.
  let note: [UInt8]

  /// - Parameter targets: `.values` (m, k) for mean squared error, `.labels` (m) for cross-entropy.
  /// - Throws: `invalidArgument` where targets, weights or the measurement do not fit samples, outputs and parameters.
  init(
    model: Model, data: InputData, targets: Targets, weights: [Double]? = nil,
    measurement: Measurement? = nil, note: [UInt8] = [], floors: FloorMemory = FloorMemory()
  ) throws(TangentError) {
    loss = try targets.loss(
      sampleCount: data.sampleCount, outputCount: model.outputCount, weights: weights)
    self.model = model
    self.data = data
    self.targets = targets
    self.weights = weights
    self.floors = floors
    self.measurement = measurement
    self.note = note
    if let measurement { try requireFit(measurement) }
  }

  public var parameterCount: Int { model.circuit.parameterCount }
  public var sampleCount: Int { data.sampleCount }
  public var predictionCount: Int { data.sampleCount * model.outputCount }
  public var kernelCount: Int { data.sampleCount * data.sampleCount }

  /// The last gradient, whose memory the next one takes over.
  public final class Scratch {
    fileprivate var result = GradientResult()
  }

  public func makeScratch() -> Scratch { Scratch() }

  public func prepare(
    _ parameters: [Double], setCount: Int, options: TrainingOptions
  ) throws(TangentError) {
    try model.prepareGradient(sets(parameters, setCount), data)
    if let shots = options.shots { try prepare(shots) }
    if options.optimizer is any MetricOptimizer {
      try model.requirePureStates(data, for: "the metric of \(type(of: options.optimizer))")
    }
  }

  public func gradient(
    _ parameters: [Double], setCount: Int, rows: [Int]?, fields: RecordFields, scratch: Scratch,
    cancel: CancelToken?
  ) throws(TangentError) -> ProblemValues {
    try model.gradient(
      sets(parameters, setCount), data, rows: rows, loss: loss, wantsJacobian: fields.contains(.kernel),
      into: &scratch.result, cancel: cancel)
    return try ProblemValues(
      loss: scratch.result.loss, gradient: scratch.result.gradient,
      predictions: fields.contains(.predictions) ? scratch.result.predictions : [],
      kernel: tangentKernels(scratch.result.jacobian, setCount, cancel))
  }

  public func values(
    _ parameters: [Double], setCount: Int, fields: RecordFields, scratch: Scratch,
    cancel: CancelToken?
  ) throws(TangentError) -> ProblemValues {
    let predictions: [Double]
    var jacobian: [Double]?
    if fields.contains(.kernel) {
      (predictions, jacobian) = try model.jacobian(sets(parameters, setCount), data, cancel: cancel)
    } else {
      predictions = try model.predict(sets(parameters, setCount), data, cancel: cancel)
    }
    let width = predictions.count / setCount
    let losses = (0..<setCount).map {
      loss.mean(predictions: predictions[$0 * width..<($0 + 1) * width], outputCount: model.outputCount)
    }
    return try ProblemValues(
      loss: losses, predictions: fields.contains(.predictions) ? predictions : [],
      kernel: tangentKernels(jacobian, setCount, cancel))
  }

  public func metrics(
    _ parameters: [Double], setCount: Int, rows: [Int]?, cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    try model.fisherInformation(sets(parameters, setCount), data, rows: rows, cancel: cancel)
  }

  public func timePerStep(_ optimizer: any Optimizer) -> Double {
    switch optimizer {
    case let descent as GradientDescent:
      ((try? model.zSum()) ?? .nan) * descent.learningRate / Double(data.sampleCount)
    case let flow as GradientFlow: flow.dt
    default: .nan
    }
  }

  /// Compiles the circuit, as the first step does.
  public func secondsPerStep(setCount: Int, optimizer: any Optimizer) throws(TangentError) -> Double {
    let sweeps = Double(1 + 2 * model.outputCount)
    let gradient =
      5 * sweeps * (try model.forwardSeconds(data, sets: setCount)) + 5e-6 + (try measuringSeconds(setCount))
    guard optimizer is any MetricOptimizer else { return gradient }
    return gradient
      + model.durationEstimate(
        for: .fisherInformation, samples: Double(data.sampleCount), sets: Double(setCount),
        hasStates: data.stateKind != .none)
  }

  func sets(_ parameters: [Double], _ setCount: Int) throws(TangentError) -> ParameterSets {
    try ParameterSets(values: parameters, setCount: setCount, parameterCount: parameterCount)
  }

  /// K = J J^T of every set, summed over outputs: (s, m, m) from (s, m, k, p); empty without a Jacobian.
  private func tangentKernels(
    _ jacobian: [Double]?, _ setCount: Int, _ cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    guard let jacobian else { return [] }
    let m = data.sampleCount
    let length = jacobian.count / (setCount * m)
    let product = GramProduct(rows: m, columns: m, length: length, isSymmetric: true)
    var kernels = [Double](repeating: 0, count: setCount * m * m)
    for set in 0..<setCount {
      let first = set * m * length
      try product.add(
        jacobian, from: first, jacobian, from: first, to: &kernels, at: set * m * m, stride: m, cancel: cancel
      )
    }
    return kernels
  }
}
