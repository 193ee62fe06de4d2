import TangentNumerics

/// Gradient flow d theta / dt = -rate * gradient, integrated over `dt` at each step.
public struct GradientFlow: EvaluatingOptimizer, Equatable {
  public let rate: Double
  public let dt: Double

  public init(rate: Double, dt: Double) {
    self.rate = rate
    self.dt = dt
  }

  public func validate() throws(TangentError) {
    try requirePositive(rate, "rate")
    try requirePositive(dt, "dt")
  }

  public mutating func step(
    _ theta: inout [Double], start: LossGradient,
    evaluate: (_ theta: [Double]) throws(TangentError) -> LossGradient
  ) throws(TangentError) {
    theta = theta.indices.map { theta[$0] - rate * dt * start.gradient[$0] }
  }
}
