/// One step of DOP853: the stages' buffers, reused from step to step so that none allocates.
struct DormandPrinceStep {
  private(set) var time: Double
  private(set) var state: [Double]
  var failures = 0
  private let integrator: DormandPrince
  private var stages: [[Double]]
  private var trialState: [Double]
  private var solution: [Double]
  /// Terms of the interpolating polynomial; the error estimates borrow the first two.
  private var terms: [[Double]]

  init(time: Double, state: [Double], integrator: DormandPrince) {
    self.time = time
    self.state = state
    self.integrator = integrator
    let zero = [Double](repeating: 0, count: state.count)
    stages = [[Double]](repeating: zero, count: 16)
    trialState = zero
    solution = zero
    terms = [[Double]](repeating: zero, count: 7)
  }

  /// Evaluates the first derivative and guesses the first step size, at most `longest` (Hairer et al., II.4).
  mutating func begin(upTo longest: Double, _ derivative: DormandPrince.Derivative) throws(TangentError)
    -> Double
  {
    try derivative(time, state, &stages[0])
    let d0 = scaledNorm(state)
    let d1 = scaledNorm(stages[0])
    guard d0.isFinite && d1.isFinite else { throw notFinite(time) }
    let h0 = min(longest, d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1)
    for i in state.indices { trialState[i] = state[i] + h0 * stages[0][i] }
    try derivative(time + h0, trialState, &stages[1])
    for i in state.indices { solution[i] = stages[1][i] - stages[0][i] }
    let d2 = scaledNorm(solution) / h0
    let largest = max(d1, d2)
    guard largest.isFinite else { return h0 }
    return min(longest, 100 * h0, largest <= 1e-15 ? max(1e-6, 1e-3 * h0) : pow(0.01 / largest, 0.125))
  }

  /// Computes the solution a step of `size` further on; returns its error in units of the tolerance, not finite if
  /// the derivative was not.
  mutating func attempt(
    _ size: Double, _ derivative: DormandPrince.Derivative
  ) throws(TangentError) -> Double {
    for s in 1..<12 { try evaluate(s, size, derivative) }
    Self.combine(DormandPrinceTable.stages[12], size, stages, onto: state, into: &solution)
    let error = errorNorm(size)
    if error < 1 {
      try derivative(time + size, solution, &stages[12])
      guard scaledNorm(stages[12]).isFinite else { return .infinity }
    }
    return error
  }

  mutating func accept(reachedTime: Double) {
    time = reachedTime
    swap(&state, &solution)
    stages.swapAt(0, 12)
  }

  /// Evaluates the stages of the dense output and the polynomial of the step just computed.
  mutating func prepareInterpolation(
    _ size: Double, _ derivative: DormandPrince.Derivative
  ) throws(TangentError) {
    for s in 13..<16 { try evaluate(s, size, derivative) }
    for k in terms.indices { Self.clear(&terms[k]) }
    Self.add(1, solution, to: &terms[0])
    Self.add(-1, state, to: &terms[0])
    Self.add(-1, terms[0], to: &terms[1])
    Self.add(size, stages[0], to: &terms[1])
    Self.add(2, terms[0], to: &terms[2])
    Self.add(-size, stages[12], to: &terms[2])
    Self.add(-size, stages[0], to: &terms[2])
    for (k, row) in DormandPrinceTable.interpolation.enumerated() {
      for (stage, coefficient) in row { Self.add(size * coefficient, stages[stage], to: &terms[3 + k]) }
    }
  }

  /// The state at a `fraction` of the step.
  mutating func interpolated(at fraction: Double) -> [Double] {
    Self.clear(&trialState)
    for k in stride(from: 6, through: 0, by: -1) {
      let factor = k % 2 == 0 ? fraction : 1 - fraction
      Self.scale(factor, adding: terms[k], &trialState)
    }
    Self.add(1, state, to: &trialState)
    return trialState
  }

  func stalled(_ error: Double) -> TangentError {
    error.isFinite
      ? TangentError(
        .numerical,
        "the integration stalls at time \(time): the step size underflows at relative tolerance "
          + "\(integrator.relativeTolerance)") : notFinite(time)
  }

  private func notFinite(_ time: Double) -> TangentError {
    TangentError(.numerical, "the integration stops at time \(time): the derivative is not finite")
  }

  private mutating func evaluate(
    _ s: Int, _ size: Double, _ derivative: DormandPrince.Derivative
  ) throws(TangentError) {
    Self.combine(DormandPrinceTable.stages[s], size, stages, onto: state, into: &trialState)
    try derivative(time + DormandPrinceTable.nodes[s] * size, trialState, &stages[s])
  }

  /// Hairer's combination of the fifth- and third-order estimates.
  private mutating func errorNorm(_ size: Double) -> Double {
    Self.clear(&terms[0])
    Self.clear(&terms[1])
    for (stage, coefficient) in DormandPrinceTable.fifthOrderError {
      Self.add(coefficient, stages[stage], to: &terms[0])
    }
    for (stage, coefficient) in DormandPrinceTable.thirdOrderError {
      Self.add(coefficient, stages[stage], to: &terms[1])
    }
    var (fifth, third) = (0.0, 0.0)
    for i in state.indices {
      let scale =
        integrator.absoluteTolerance + integrator.relativeTolerance * max(abs(state[i]), abs(solution[i]))
      fifth += (terms[0][i] / scale) * (terms[0][i] / scale)
      third += (terms[1][i] / scale) * (terms[1][i] / scale)
    }
    let both = fifth + 0.01 * third
    return both == 0 ? 0 : size * fifth / (both * Double(state.count)).squareRoot()
  }

  private func scaledNorm(_ vector: [Double]) -> Double {
    var sum = 0.0
    for i in vector.indices {
      let x = vector[i] / (integrator.absoluteTolerance + integrator.relativeTolerance * abs(state[i]))
      sum += x * x
    }
    return (sum / Double(vector.count)).squareRoot()
  }
}

/// The loops; static, because a method that reads `self` would make the buffer it changes a copy.
extension DormandPrinceStep {
  /// out = state + size * sum of the row's stages
  private static func combine(
    _ row: DormandPrinceTable.Row, _ size: Double, _ stages: [[Double]], onto state: [Double],
    into out: inout [Double]
  ) {
    out.withUnsafeMutableBufferPointer { out in
      state.withUnsafeBufferPointer { _ = out.update(fromContentsOf: $0) }
    }
    for (stage, coefficient) in row { add(size * coefficient, stages[stage], to: &out) }
  }

  private static func clear(_ out: inout [Double]) {
    out.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  private static func add(_ factor: Double, _ vector: [Double], to out: inout [Double]) {
    out.withUnsafeMutableBufferPointer { out in
      vector.withUnsafeBufferPointer { vector in
        for i in 0..<out.count { out[i] += factor * vector[i] }
      }
    }
  }

  /// out = factor * (out + vector)
  private static func scale(_ factor: Double, adding vector: [Double], _ out: inout [Double]) {
    out.withUnsafeMutableBufferPointer { out in
      vector.withUnsafeBufferPointer { vector in
        for i in 0..<out.count { out[i] = factor * (out[i] + vector[i]) }
      }
    }
  }
}
