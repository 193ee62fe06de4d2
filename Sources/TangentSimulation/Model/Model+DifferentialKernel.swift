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
      for: .dqntk, samples: m, sets: theta.setCount, hasStates: data.stateKind != .none,
      cancel: cancel)
    let engine = try predictionEngine(data, cancel: cancel)
    let p = circuit.parameterCount
    var result = [Double](repeating: 0, count: theta.setCount * m * m * m)
    for set in 0..<theta.setCount {
      let one = try ParameterSets(Array(theta.values[(set * p)..<((set + 1) * p)]))
      let jacobian = try jacobian(one, data, cancel: cancel).jacobian
      let schedule = Schedule(one, data, rows: nil)
      let parts = DirectionalSweep.parts(m)
      let walks = DirectionalSweep.walks(directions: m, outputs: 1)
      jacobian.withUnsafeBufferPointer { jacobian in
        result.withUnsafeMutableBufferPointer { result in
          guard let rows = jacobian.baseAddress else { return }
          let target = result.baseAddress! + set * m * m * m
          run(
            engine, call(one, data, schedule, cancel), tasks: schedule.unitCount * parts, sweeps: walks
          ) { runner, task in
            let (unit, part) = task.quotientAndRemainder(dividingBy: parts)
            runner.dqntk(unit, rows, DirectionalSweep.numbers(part, of: m), m, into: target, cancel)
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
    return Double(sets) * m * m * m + m * (p + 1) + directionalNumbers(plan, directions: samples)
  }
}

extension BlockRunner<Lane> {
  /// mu_abc of the unit's samples a, all b, and the directions c.
  fileprivate func dqntk(
    _ unit: Int, _ jacobian: UnsafePointer<Double>, _ numbers: Range<Int>, _ m: Int,
    into target: UnsafeMutablePointer<Double>, _ cancel: CancelToken?
  ) {
    let items = schedule.items(unit)
    let p = space.parameterCount
    let sweep = DirectionalSweep(
      runner: self, directions: Directions(parameters: .rows(jacobian, perSet: m)), numbers: numbers,
      cancel: cancel)
    for block in blocks(items) {
      sweep.forward(items, block: block)
      sweep.seed(output: 0)
      sweep.backward()
      for (v, c) in numbers.enumerated() {
        let products = sweep.products(v)
        for b in 0..<m {
          var sum = Lane.zero
          for q in 0..<p { sum += products[q] * jacobian[b * p + q] }
          store(sum, items, block, stride: m * m, into: target + b * m + c)
        }
      }
    }
  }
}
