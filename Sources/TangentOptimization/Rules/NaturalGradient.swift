import TangentNumerics

/// theta <- theta - learning_rate * (F + damping)^-1 gradient, F the quantum Fisher information of the output states,
/// a mean over the samples of the step. It needs pure states.
///
/// Source: Stokes, Izaac, Killoran, Carleo, "Quantum natural gradient", Quantum 4, 269 (2020), arXiv 1909.02108; their
/// metric is F/4.
public struct NaturalGradient: MetricOptimizer, Equatable {
  public let learningRate: Double
  public let damping: Double

  public init(learningRate: Double, damping: Double = 1e-3) {
    self.learningRate = learningRate
    self.damping = damping
  }

  public func validate() throws(TangentError) {
    try requirePositive(learningRate, "the learning rate")
    try requirePositive(damping, "damping")
  }

  public func update(
    _ theta: inout [Double], gradient: [Double], metric: [Double], share: Double
  ) throws(TangentError) {
    let p = theta.count
    var damped = metric
    for k in 0..<p { damped[k * (p + 1)] += damping }
    guard let factor = Cholesky(damped, dimension: p) else {
      throw TangentError(
        .numerical, "the Fisher information with damping \(damping) is not positive; raise the damping")
    }
    let direction = factor.solve(gradient)
    for k in 0..<p { theta[k] -= share * learningRate * direction[k] }
  }

  public static let code: UInt8 = 7

  public func fits(count: Int) -> Bool { true }

  public func encode(into writer: inout ByteWriter) {
    writer.write(learningRate)
    writer.write(damping)
  }

  public init(from reader: inout ByteReader) throws(TangentError) {
    learningRate = try reader.readDouble("the learning rate")
    damping = try reader.readDouble("the damping")
  }
}
