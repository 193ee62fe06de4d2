import TangentNumerics

/// The loss and its gradient at a point.
public struct LossGradient: Sendable {
  public var loss: Double
  public var gradient: [Double]

  public init(loss: Double, gradient: [Double]) {
    self.loss = loss
    self.gradient = gradient
  }
}

/// A rule that moves parameters downhill: its settings and its state.
public protocol Optimizer: Sendable {
  /// - Throws: `invalidArgument` for a setting outside its range.
  func validate() throws(TangentError)
}

/// A rule that needs the gradient at the current point only. It works entry by entry, so that several sets
/// of parameters may be laid end to end.
public protocol FirstOrderOptimizer: Optimizer {
  mutating func update(_ theta: inout [Double], gradient: [Double])
}

/// A rule that evaluates the loss where it likes; one instance for each set of parameters.
public protocol EvaluatingOptimizer: Optimizer {
  /// - Parameter start: loss and gradient at `theta`.
  mutating func step(
    _ theta: inout [Double], start: LossGradient,
    evaluate: (_ theta: [Double]) throws(TangentError) -> LossGradient
  ) throws(TangentError)
}

func requirePositive(_ value: Double, _ name: String) throws(TangentError) {
  if !(value > 0 && value.isFinite) { throw .invalid("\(name) is \(value); it must be positive and finite") }
}

func requireFraction(_ value: Double, _ name: String) throws(TangentError) {
  if !(value >= 0 && value < 1) { throw .invalid("\(name) is \(value); it must lie in [0, 1)") }
}
