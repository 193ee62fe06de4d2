import TangentNumerics

/// A rule that moves parameters downhill: its settings and its state, which it writes and reads bit for bit.
public protocol Optimizer: Sendable {
  /// The rule's number in saved runs.
  static var code: UInt8 { get }

  /// - Throws: `invalidArgument` for a setting outside its range.
  func validate() throws(TangentError)

  /// Whether the state belongs to `count` parameters; a rule that has not moved yet fits any number.
  func fits(count: Int) -> Bool

  func encode(into writer: inout ByteWriter)
  init(from reader: inout ByteReader) throws(TangentError)
}

/// A rule that needs the gradient at the current point only. It works entry by entry, so several sets of
/// parameters may be laid end to end.
public protocol FirstOrderOptimizer: Optimizer {
  /// - Parameter share: of the learning rate, which a schedule asks for.
  mutating func update(_ theta: inout [Double], gradient: [Double], share: Double)
}

extension FirstOrderOptimizer {
  /// With the whole learning rate.
  public mutating func update(_ theta: inout [Double], gradient: [Double]) {
    update(&theta, gradient: gradient, share: 1)
  }
}

/// A rule that evaluates the loss where it likes; one instance for each set of parameters.
public protocol EvaluatingOptimizer: Optimizer {
  /// - Parameter start: loss and gradient at `theta`.
  mutating func step(
    _ theta: inout [Double], start: LossGradient,
    evaluate: (_ theta: [Double]) throws(TangentError) -> LossGradient
  ) throws(TangentError)
}

/// A rule that takes the metric of the parameter space besides, the quantum Fisher information averaged over the samples
/// of the step; one call for each set of parameters.
public protocol MetricOptimizer: Optimizer {
  /// - Parameters:
  ///   - metric: (p, p).
  ///   - share: of the learning rate, which a schedule asks for.
  /// - Throws: `numerical` where the metric does not serve.
  func update(
    _ theta: inout [Double], gradient: [Double], metric: [Double], share: Double
  ) throws(TangentError)
}
