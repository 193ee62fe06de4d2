import TangentNumerics

/// theta <- theta - rate * gradient.
public struct GradientDescent: FirstOrderOptimizer, Equatable {
  public let learningRate: Double

  public init(learningRate: Double) { self.learningRate = learningRate }

  public func validate() throws(TangentError) { try requirePositive(learningRate, "learning_rate") }

  public mutating func update(_ theta: inout [Double], gradient: [Double]) {
    for i in theta.indices { theta[i] -= learningRate * gradient[i] }
  }
}
