import TangentNumerics

/// One form of the asymptotic flow: the derivative of its states, and what is recorded of one. Once its call is cancelled,
/// what it gives means nothing.
protocol FlowEquation {
  mutating func derivative(_ state: [Double], _ out: inout [Double])
  /// tr(M rho_j)
  func predictions(_ state: [Double]) -> [Double]
  /// K_ij = tr(i[M, rho_i] i[M, rho_j]), row-major.
  mutating func kernel(_ state: [Double]) -> [Double]
  /// V^dagger M^k V of the samples' vectors for k = 0 to 3.
  mutating func moments(_ state: [Double]) -> [ComplexMatrix]
}

extension FlowEquation {
  /// - Parameter secondOrder: what makes the dQNTK of moments, where it is wanted.
  /// - Throws: `cancelled`; `numerical`.
  func trajectory(
    from start: [Double], at times: [Double], secondOrder: LimitDQNTK?, cancel: CancelToken?
  ) throws(TangentError) -> AsymptoticTrajectory {
    var equation = self
    var result = AsymptoticTrajectory()
    let integrator = try DormandPrince(relativeTolerance: flowTolerance, absoluteTolerance: flowTolerance)
    try integrator.integrate(
      start, from: 0, at: times, cancel: cancel,
      derivative: { _, state, out throws(TangentError) in
        try cancel?.check()
        equation.derivative(state, &out)
        try cancel?.check()
      },
      visit: { _, state throws(TangentError) in
        try cancel?.check()
        result.predictions += equation.predictions(state)
        let kernel = equation.kernel(state)
        try cancel?.check()
        if result.kernels.isEmpty { result.kernels.reserveCapacity(times.count * kernel.count) }
        result.kernels += kernel
        if let secondOrder {
          result.dqntk += try secondOrder.tensor(moments: equation.moments(state), cancel: cancel)
        }
      })
    return result
  }
}
