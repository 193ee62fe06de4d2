import TangentNumerics

extension Model {
  /// The differential of the tangent kernel (dQNTK), exact:
  ///
  ///     mu_abc = sum_kl (d_k d_l yhat_a) J_bk J_cl
  ///
  /// Forward mode along the rows of J over the adjoint gradient: the Hessian itself is never formed.
  /// - Returns: (sets, m, m, m), symmetric in b and c.
  /// - Throws: on several outputs, lengths that do not match, `outOfMemory`, `cancelled`.
  public func dqntk(
    _ theta: ParameterSets, _ data: InputData, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    guard outputCount == 1 else {
      throw .invalid("the dQNTK is for one output, the model has \(outputCount); pass one observable")
    }
    try validate(theta, data)
    let m = data.sampleCount
    try requireMemory(
      for: .dqntk, samples: m, sets: theta.setCount, hasStates: data.stateKind != .none)
    let engine = try predictionEngine(data)
    let p = circuit.parameterCount
    var result = [Double](repeating: 0, count: theta.setCount * m * m * m)
    for set in 0..<theta.setCount {
      let one = try ParameterSets(Array(theta.values[(set * p)..<((set + 1) * p)]))
      let jacobian = try jacobian(one, data, cancel: cancel).jacobian
      let schedule = Schedule(one, data, rows: nil)
      let parts = (m + DirectionalSweep.maximumCount - 1) / DirectionalSweep.maximumCount
      jacobian.withUnsafeBufferPointer { jacobian in
        result.withUnsafeMutableBufferPointer { result in
          guard let rows = jacobian.baseAddress else { return }
          let target = result.baseAddress! + set * m * m * m
          run(engine, schedule, tasks: schedule.unitCount * parts, one, data, 8 * m, cancel) { runner, task in
            let (unit, part) = task.quotientAndRemainder(dividingBy: parts)
            let first = part * DirectionalSweep.maximumCount
            let directions = first..<min(first + DirectionalSweep.maximumCount, m)
            runner.dqntk(unit, rows, directions, m, into: target, cancel)
          }
        }
      }
      try cancel?.check()
    }
    return result
  }

  /// Doubles that a dQNTK takes: the result, one Jacobian, and what every thread's sweep holds.
  func dqntkNumbers(_ plan: Plan, samples: Int, sets: Int) -> Double {
    let (m, p) = (Double(samples), Double(circuit.parameterCount))
    let sweeps =
      ThreadPool.shared.threadCount * Lane.scalarCount
      * DirectionalSweep.lanes(plan, directions: min(samples, DirectionalSweep.maximumCount))
    return Double(sets) * m * m * m + m * (p + 1) + Double(sweeps)
  }
}

extension UnitRunner<Lane> {
  /// mu_abc of the unit's samples a, all b, and the directions c.
  fileprivate func dqntk(
    _ unit: Int, _ jacobian: UnsafePointer<Double>, _ directions: Range<Int>, _ m: Int,
    into target: UnsafeMutablePointer<Double>, _ cancel: CancelToken?
  ) {
    let items = schedule.items(unit)
    let p = engine.plan.space.gradientCount
    let directional = DirectionalSweep(
      runner: self, directions: jacobian + directions.lowerBound * p, count: directions.count, cancel: cancel)
    workspace.isReversible = true
    for block in blocks(items) {
      prepare(items, block: block)
      directional.run()
      for (number, c) in directions.enumerated() {
        let product = directional.products(number)
        for b in 0..<m {
          var sum = Lane.zero
          for q in 0..<p { sum += product[q] * jacobian[b * p + q] }
          let entry = target + b * m + c
          if schedule.kind == .mixed {
            entry[items.positions[0] * m * m] += (sum * data.weights[block]).sum()
          } else {
            for lane in 0..<items.count { entry[items.positions[lane] * m * m] = sum[lane] }
          }
        }
      }
    }
  }
}
