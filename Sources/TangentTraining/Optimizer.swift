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

/// A rule that takes the metric of the parameter space besides, the quantum Fisher information averaged over the samples
/// of the step; one call for each set of parameters.
public protocol MetricOptimizer: Optimizer {
  /// - Parameter metric: (p, p).
  /// - Throws: `numerical` where the metric does not serve.
  func update(_ theta: inout [Double], gradient: [Double], metric: [Double]) throws(TangentError)
}

/// The loss and its gradient at a point.
public struct LossGradient: Sendable, Equatable {
  public var loss: Double
  public var gradient: [Double]

  public init(loss: Double, gradient: [Double]) {
    self.loss = loss
    self.gradient = gradient
  }
}

/// Optimizers in saved runs: the code of the rule, then what the rule writes.
enum OptimizerFormat {
  private static let rules: [any Optimizer.Type] = [
    GradientDescent.self, Momentum.self, Adam.self, RMSProp.self, LBFGS.self, GradientFlow.self,
    NaturalGradient.self,
  ]

  static func write(_ optimizer: any Optimizer, to writer: inout ByteWriter) {
    writer.write(type(of: optimizer).code)
    optimizer.encode(into: &writer)
  }

  static func read(from reader: inout ByteReader) throws(TangentError) -> any Optimizer {
    let code = try reader.read(UInt8.self, "the optimizer")
    guard let rule = rules.first(where: { $0.code == code }) else {
      throw TangentError(.corruptedFile, "damaged data: \(code) is not the number of an optimizer")
    }
    let optimizer = try rule.init(from: &reader)
    try optimizer.validate()
    return optimizer
  }
}

func requirePositive(_ value: Double, _ name: String) throws(TangentError) {
  if !(value > 0 && value.isFinite) { throw .invalid("\(name) is \(value); it must be positive and finite") }
}

func requireFraction(_ value: Double, _ name: String) throws(TangentError) {
  if !(value >= 0 && value < 1) { throw .invalid("\(name) is \(value); it must lie in [0, 1)") }
}
