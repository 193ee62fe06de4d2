import TangentNumerics

/// Heavy-ball momentum in PyTorch's form: v <- mu v + gradient, theta <- theta - rate * v.
public struct Momentum: FirstOrderOptimizer, Equatable {
  public let learningRate: Double
  public let momentum: Double
  private(set) var velocity: [Double] = []

  public init(learningRate: Double, momentum: Double = 0.9) {
    self.learningRate = learningRate
    self.momentum = momentum
  }

  public func validate() throws(TangentError) {
    try requirePositive(learningRate, "the learning rate")
    try requireFraction(momentum, "momentum")
  }

  public mutating func update(_ theta: inout [Double], gradient: [Double], share: Double) {
    let rate = share * learningRate
    if velocity.isEmpty { velocity = [Double](repeating: 0, count: theta.count) }
    for i in theta.indices {
      velocity[i] = momentum * velocity[i] + gradient[i]
      theta[i] -= rate * velocity[i]
    }
  }

  public static let code: UInt8 = 2

  public func fits(count: Int) -> Bool { velocity.isEmpty || velocity.count == count }

  public func encode(into writer: inout ByteWriter) {
    writer.write(learningRate)
    writer.write(momentum)
    writer.write(velocity)
  }

  public init(from reader: inout ByteReader) throws(TangentError) {
    learningRate = try reader.readDouble("the learning rate")
    momentum = try reader.readDouble("the momentum")
    velocity = try reader.readDoubles("the velocity")
  }
}
