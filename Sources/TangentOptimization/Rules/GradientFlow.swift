import TangentNumerics

/// Gradient flow d theta / dt = -rate * gradient: each step integrates over `dt`, adaptively, with a tolerance
/// of 1e-11. It needs the full training set.
public struct GradientFlow: EvaluatingOptimizer, Equatable {
  private static let tolerance = 1e-11

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
    let origin = theta
    let integrator = try DormandPrince(
      relativeTolerance: GradientFlow.tolerance, absoluteTolerance: GradientFlow.tolerance)
    try integrator.integrate(origin, from: 0, at: [dt]) { time, point, derivative throws(TangentError) in
      let gradient = time == 0 && point == origin ? start.gradient : try evaluate(point).gradient
      for i in derivative.indices { derivative[i] = -rate * gradient[i] }
    } visit: { _, point in
      theta = point
    }
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
