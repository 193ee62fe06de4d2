import TangentNumerics

/// What a run trains: a loss of parameters with its gradient, and the quantities worth recording.
///
/// Several sets of parameters are trained at a time: parameters and gradients are (s, p), losses (s).
/// A class, so that passing it on costs a step nothing.
public protocol TrainingProblem: AnyObject, Sendable {
  /// Memory that steps use again.
  associatedtype Scratch: AnyObject

  /// The file in which runs of such problems stand.
  static var file: FileFormat { get }

  var parameterCount: Int { get }
  /// Training samples, which mini-batches take a part of; 0 where the loss is that of a population.
  var sampleCount: Int { get }
  /// Numbers in the predictions of a set, and in its tangent kernel.
  var predictionCount: Int { get }
  var kernelCount: Int { get }

  func makeScratch() -> Scratch

  /// Whether these parameters can be trained with these options; what the first step needs may be prepared here.
  /// - Throws: `invalidArgument` naming the value and the remedy.
  func prepare(_ parameters: [Double], setCount: Int, options: TrainingOptions) throws(TangentError)

  /// Losses and gradients on the samples `rows`, nil for all, and of `fields` predictions and kernels.
  func gradient(
    _ parameters: [Double], setCount: Int, rows: [Int]?, fields: RecordFields, scratch: Scratch,
    cancel: CancelToken?
  ) throws(TangentError) -> ProblemValues

  /// The same on all samples without gradients.
  func values(
    _ parameters: [Double], setCount: Int, fields: RecordFields, scratch: Scratch, cancel: CancelToken?
  ) throws(TangentError) -> ProblemValues

  /// Losses on the samples `rows`, nil for all, what shots tell of them at a step, and if wanted the measured gradients.
  func measured(
    _ parameters: [Double], setCount: Int, rows: [Int]?, shots: ShotCounts, seed: UInt64, step: Int,
    wantsGradient: Bool, cancel: CancelToken?
  ) throws(TangentError) -> MeasuredValues

  /// Metrics of the parameter space, (s, p, p), for a `MetricOptimizer`.
  func metrics(
    _ parameters: [Double], setCount: Int, rows: [Int]?, cancel: CancelToken?
  ) throws(TangentError) -> [Double]

  /// The time by which a step advances, NaN for rules that have none.
  func timePerStep(_ optimizer: any Optimizer) -> Double

  /// A rough estimate of how long a step takes.
  func secondsPerStep(setCount: Int, optimizer: any Optimizer) throws(TangentError) -> Double

  func encode(into writer: inout ByteWriter)
  init(from reader: inout ByteReader) throws(TangentError)
}

extension TrainingProblem {
  /// Of what nobody measures.
  public func measured(
    _ parameters: [Double], setCount: Int, rows: [Int]?, shots: ShotCounts, seed: UInt64, step: Int,
    wantsGradient: Bool, cancel: CancelToken?
  ) throws(TangentError) -> MeasuredValues {
    throw .invalid("only models of circuits are measured; leave the shots out")
  }
}

/// What shots tell at some parameters.
public struct MeasuredValues: Sendable {
  /// Exact, (s).
  public var loss: [Double]
  /// Its unbiased estimate, NaN from one shot, (s).
  public var measuredLoss: [Double]
  /// (s, p) if asked for.
  public var gradient: [Double]

  public init(loss: [Double], measuredLoss: [Double], gradient: [Double] = []) {
    self.loss = loss
    self.measuredLoss = measuredLoss
    self.gradient = gradient
  }
}

/// What a problem is at some parameters; what was not asked for is empty.
public struct ProblemValues: Sendable {
  public var loss: [Double]
  public var gradient: [Double]
  public var predictions: [Double]
  public var kernel: [Double]

  public init(loss: [Double], gradient: [Double] = [], predictions: [Double] = [], kernel: [Double] = []) {
    self.loss = loss
    self.gradient = gradient
    self.predictions = predictions
    self.kernel = kernel
  }
}
