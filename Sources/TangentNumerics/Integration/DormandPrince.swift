/// An adaptive integrator of dy/dt = f(t, y): the eighth-order Dormand-Prince method DOP853 with its seventh-order
/// dense output. Without stiffness it reaches tolerances near rounding error at few evaluations.
///
/// Source: Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", second edition, II.4 to II.6, II.10.
public struct DormandPrince: Sendable {
  /// Writes f(t, y) into a buffer of the length of y.
  public typealias Derivative = (
    _ time: Double, _ state: [Double], _ derivative: inout [Double]
  ) throws(TangentError) -> Void

  /// The local error allowed in entry i is `absoluteTolerance + relativeTolerance * |y_i|`, root mean square over i.
  public let relativeTolerance: Double
  public let absoluteTolerance: Double

  /// - Throws: `invalidArgument` unless both tolerances are at least 1e-14 and finite.
  public init(relativeTolerance: Double, absoluteTolerance: Double) throws(TangentError) {
    for (name, value) in [("relative", relativeTolerance), ("absolute", absoluteTolerance)] {
      guard value >= 1e-14 && value.isFinite else {
        throw .invalid("the \(name) tolerance is \(value), it must be finite and at least 1e-14")
      }
    }
    self.relativeTolerance = relativeTolerance
    self.absoluteTolerance = absoluteTolerance
  }

  /// Integrates from `state` at `start` and calls `visit(index, state)` for each of `times` in turn.
  ///
  /// - Parameters:
  ///   - times: increasing, none before `start`; the last step ends at the last one.
  ///   - cancel: polled in every step.
  /// - Throws: `invalidArgument` for times out of order; `cancelled`; `numerical`, naming the time, where the
  ///   derivative is not finite or the step size underflows; what `derivative` and `visit` throw.
  public func integrate(
    _ state: [Double], from start: Double, at times: [Double], cancel: CancelToken? = nil,
    derivative: Derivative, visit: (_ index: Int, _ state: [Double]) throws(TangentError) -> Void
  ) throws(TangentError) {
    try DormandPrince.checkOrder(times, from: start)
    var next = 0
    while next < times.count && times[next] == start {
      try visit(next, state)
      next += 1
    }
    guard let end = times.last, next < times.count else { return }
    guard !state.isEmpty else {
      for index in next..<times.count { try visit(index, state) }
      return
    }
    var step = DormandPrinceStep(time: start, state: state, integrator: self)
    var size = try step.begin(upTo: end - start, derivative)
    while next < times.count {
      try cancel?.check()
      let remaining = end - step.time
      let isLast = size >= remaining
      let trial = isLast ? remaining : size
      let error = try step.attempt(trial, derivative)
      if error < 1 {
        let reached = isLast ? end : step.time + trial
        if times[next] < reached { try step.prepareInterpolation(trial, derivative) }
        while next < times.count && times[next] < reached {
          try visit(next, step.interpolated(at: (times[next] - step.time) / trial))
          next += 1
        }
        step.accept(reachedTime: reached)
        while next < times.count && times[next] == reached {
          try visit(next, step.state)
          next += 1
        }
        // No growth right after a failed attempt.
        size = trial * min(step.failures > 0 ? 1 : 10, max(0.2, 0.9 * pow(max(error, 1e-16), -0.125)))
        step.failures = 0
      } else {
        step.failures += 1
        size = trial * (error.isFinite ? max(0.2, 0.9 * pow(error, -0.125)) : 0.2)
        guard size > 16 * max(abs(step.time), end - start).ulp else { throw step.stalled(error) }
      }
    }
  }

  private static func checkOrder(_ times: [Double], from start: Double) throws(TangentError) {
    var previous = start
    for (index, time) in times.enumerated() {
      guard time.isFinite else { throw .invalid("time \(index) is \(time), it must be finite") }
      guard time >= previous else {
        throw .invalid("time \(index) is \(time), less than \(previous) before it; times must increase")
      }
      previous = time
    }
  }
}
