import TangentNumerics
import TangentOptimization

extension TrigonometricPolynomial {
  /// Trains many starts on the polynomial of the angles base_l theta_l, each by the same rule.
  ///
  /// Starts go in groups of fixed size, a group's parameters end to end, so that bits do not depend on threads.
  /// - Parameters:
  ///   - theta: (starts, p), in radians.
  ///   - base: (p).
  /// - Throws: on lengths that do not match, a rule that needs the simulator, settings outside their range, `numerical`
  ///   where parameters overflow, `cancelled`.
  public func descend(
    from theta: [Double], base: [Double], optimizer: any Optimizer, steps: Int, cancel: CancelToken? = nil
  ) throws(TangentError) -> Descents {
    let p = angleCount
    guard p > 0, base.count == p, theta.count.isMultiple(of: p), steps >= 0 else {
      throw .invalid(
        "there are \(theta.count) parameters and \(base.count) bases for \(p) angles and \(steps) steps")
    }
    try optimizer.validate()
    guard !(optimizer is any MetricOptimizer) else {
      throw .invalid("natural gradient needs the simulator's metric; take another optimizer")
    }
    let count = theta.count / p
    let group = 64
    let tasks = (count + group - 1) / group
    var result = Descents(theta: theta, values: [Double](repeating: 0, count: count))
    let work = tree.values.count.multipliedReportingOverflow(by: max(steps, 1) * group)
    let workers = ThreadPool.current.workers(
      tasks: tasks, nanoseconds: work.overflow ? .max : work.partialValue)
    result.theta.withUnsafeMutableBufferPointer { all in
      result.values.withUnsafeMutableBufferPointer { values in
        ThreadPool.current.share(tasks: tasks, among: workers) { _, tasks in
          let objective = ScaledObjective(self, base: base)
          for task in tasks {
            let starts = task * group..<min((task + 1) * group, count)
            let entries = starts.lowerBound * p..<starts.upperBound * p
            var own = Array(all[entries])
            objective.descend(&own, optimizer, steps: steps, cancel)
            if let cancel, cancel.isCancelled { return }
            let found = objective.jets(own).values
            for (k, entry) in entries.enumerated() { all[entry] = own[k] }
            for (k, start) in starts.enumerated() { values[start] = found[k] }
          }
        }
      }
    }
    try cancel?.check()
    guard result.theta.firstNonFinite == nil else {
      throw TangentError(.numerical, "a parameter is no longer finite after \(steps) steps; lower the rate")
    }
    return result
  }
}
