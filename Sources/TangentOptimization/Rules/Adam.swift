import TangentNumerics

/// Adam with bias correction.
///
/// Source: Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.
public struct Adam: FirstOrderOptimizer, Equatable {
  public let learningRate: Double
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  private(set) var count = 0
  private(set) var mean: [Double] = []
  private(set) var square: [Double] = []

  public init(learningRate: Double = 0.01, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public func validate() throws(TangentError) {
    try requirePositive(learningRate, "the learning rate")
    try requireFraction(beta1, "beta1")
    try requireFraction(beta2, "beta2")
    try requirePositive(epsilon, "epsilon")
  }

  public mutating func update(_ theta: inout [Double], gradient: [Double], share: Double) {
    let rate = share * learningRate
    if mean.isEmpty {
      mean = [Double](repeating: 0, count: theta.count)
      square = mean
    }
    count += 1
    let meanCorrection = 1 - pow(beta1, Double(count))
    let squareCorrection = 1 - pow(beta2, Double(count))
    for i in theta.indices {
      let g = gradient[i]
      mean[i] = beta1 * mean[i] + (1 - beta1) * g
      square[i] = beta2 * square[i] + (1 - beta2) * g * g
      let scale = (square[i] / squareCorrection).squareRoot() + epsilon
      theta[i] -= rate * (mean[i] / meanCorrection) / scale
    }
  }

  public static let code: UInt8 = 3

  public func fits(count entries: Int) -> Bool {
    (0..<Int.max).contains(count) && (mean.isEmpty || mean.count == entries) && square.count == mean.count
  }

  public func encode(into writer: inout ByteWriter) {
    writer.write(learningRate)
    writer.write(beta1)
    writer.write(beta2)
    writer.write(epsilon)
    writer.write(count)
    writer.write(mean)
    writer.write(square)
  }

  public init(from reader: inout ByteReader) throws(TangentError) {
    learningRate = try reader.readDouble("the learning rate")
    beta1 = try reader.readDouble("the first decay")
    beta2 = try reader.readDouble("the second decay")
    epsilon = try reader.readDouble("the epsilon")
    count = try reader.read(Int.self, "the count of steps")
    mean = try reader.readDoubles("the mean gradient")
    square = try reader.readDoubles("the mean square")
  }
}
