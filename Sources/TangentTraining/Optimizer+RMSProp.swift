import TangentNumerics

/// RMSProp in PyTorch's form: v <- alpha v + (1 - alpha) g^2, theta <- theta - rate * g / (sqrt v + epsilon).
public struct RMSProp: FirstOrderOptimizer, Equatable {
  public let learningRate: Double
  public let alpha: Double
  public let epsilon: Double
  private(set) var square: [Double] = []

  public init(learningRate: Double = 0.01, alpha: Double = 0.99, epsilon: Double = 1e-8) {
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
  }

  public func validate() throws(TangentError) {
    try requirePositive(learningRate, "learning_rate")
    try requireFraction(alpha, "alpha")
    try requirePositive(epsilon, "epsilon")
  }

  public mutating func update(_ theta: inout [Double], gradient: [Double]) {
    if square.isEmpty { square = [Double](repeating: 0, count: theta.count) }
    for i in theta.indices {
      let g = gradient[i]
      square[i] = alpha * square[i] + (1 - alpha) * g * g
      theta[i] -= learningRate * g / (square[i].squareRoot() + epsilon)
    }
  }
}
