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

  public static let code: UInt8 = 6

  public func fits(count: Int) -> Bool { true }

  public func encode(into writer: inout ByteWriter) {
    writer.write(rate)
    writer.write(dt)
  }

  public init(from reader: inout ByteReader) throws(TangentError) {
    rate = try reader.readDouble("the rate")
    dt = try reader.readDouble("the time step")
  }
}
