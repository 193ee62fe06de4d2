import TangentNumerics

/// theta <- theta - rate * gradient.
public struct GradientDescent: FirstOrderOptimizer, Equatable {
  public let learningRate: Double

  public init(learningRate: Double) { self.learningRate = learningRate }

  public func validate() throws(TangentError) { try requirePositive(learningRate, "the learning rate") }

  public mutating func update(_ theta: inout [Double], gradient: [Double], share: Double) {
    let rate = share * learningRate
    for i in theta.indices { theta[i] -= rate * gradient[i] }
  }

  public static let code: UInt8 = 1

  public func fits(count: Int) -> Bool { true }

  public func encode(into writer: inout ByteWriter) {
    writer.write(learningRate)
  }

  public init(from reader: inout ByteReader) throws(TangentError) {
    learningRate = try reader.readDouble("the learning rate")
  }
}
