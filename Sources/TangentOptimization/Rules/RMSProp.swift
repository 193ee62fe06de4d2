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
    try requirePositive(learningRate, "the learning rate")
    try requireFraction(alpha, "alpha")
    try requirePositive(epsilon, "epsilon")
  }

  public mutating func update(_ theta: inout [Double], gradient: [Double], share: Double) {
    let rate = share * learningRate
    if square.isEmpty { square = [Double](repeating: 0, count: theta.count) }
    for i in theta.indices {
      let g = gradient[i]
      square[i] = alpha * square[i] + (1 - alpha) * g * g
      theta[i] -= rate * g / (square[i].squareRoot() + epsilon)
    }
  }

  public static let code: UInt8 = 4

  public func fits(count: Int) -> Bool { square.isEmpty || square.count == count }

  public func encode(into writer: inout ByteWriter) {
    writer.write(learningRate)
    writer.write(alpha)
    writer.write(epsilon)
    writer.write(square)
  }

  public init(from reader: inout ByteReader) throws(TangentError) {
    learningRate = try reader.readDouble("the learning rate")
    alpha = try reader.readDouble("the decay")
    epsilon = try reader.readDouble("the epsilon")
    square = try reader.readDoubles("the mean square")
  }
}
