import TangentNumerics

extension Model {
  /// Every prediction's Hessian in the parameters times a direction, one for each parameter set.
  /// - Returns: (sets, samples, outputs, parameters).
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func hessianProduct(
    _ theta: ParameterSets, _ data: InputData, along direction: ParameterSets, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try validate(theta, direction: direction)
    return try direction.values.withUnsafeBufferPointer { rows throws(TangentError) in
      guard let rows = rows.baseAddress else { return [] }
      return try hessianRows(
        theta, data, Directions(parameters: .rows(rows, perSet: 1)), count: 1, for: .hessianProduct, cancel)
    }
  }

  /// d_k d_l yhat of every prediction.
  /// - Returns: (sets, samples, outputs, parameters, parameters), symmetric to within rounding.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func hessian(
    _ theta: ParameterSets, _ data: InputData, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try hessianRows(
      theta, data, Directions(parameters: .units), count: circuit.parameterCount, for: .hessian, cancel)
  }

  /// The Hessian of the mean loss in the parameters times a direction, one for each parameter set.
  /// - Returns: (sets, parameters).
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func lossHessianProduct(
    _ theta: ParameterSets, _ data: InputData, loss: some PredictionLoss, along direction: ParameterSets,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try validate(theta, direction: direction)
    return try direction.values.withUnsafeBufferPointer { rows throws(TangentError) in
      guard let rows = rows.baseAddress else { return [] }
      return try mean(
        of: loss, theta, data, Directions(parameters: .rows(rows, perSet: 1)), count: 1,
        for: .lossHessianProduct, cancel)
    }
  }

  /// The Hessian of the mean loss in the parameters.
  /// - Returns: (sets, parameters, parameters), symmetric to within rounding.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func lossHessian(
    _ theta: ParameterSets, _ data: InputData, loss: some PredictionLoss, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try mean(
      of: loss, theta, data, Directions(parameters: .units), count: circuit.parameterCount, for: .lossHessian,
      cancel)
  }

  private func hessianRows(
    _ theta: ParameterSets, _ data: InputData, _ directions: Directions, count: Int, for task: Task,
    _ cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    try validate(theta, data)
    try requireMemory(
      for: task, samples: data.sampleCount, sets: theta.setCount, hasStates: data.stateKind != .none,
      cancel: cancel)
    let engine = try predictionEngine(data, cancel: cancel)
    let schedule = Schedule(theta, data, rows: nil)
    let parts = DirectionalSweep.parts(count)
    let size = outputCount * count * circuit.parameterCount
    var result = [Double](repeating: 0, count: schedule.setCount * schedule.rowCount * size)
    result.withUnsafeMutableBufferPointer { result in
      guard let target = result.baseAddress else { return }
      let walks = DirectionalSweep.walks(directions: count, outputs: outputCount)
      run(
        engine, call(theta, data, schedule, cancel), tasks: schedule.unitCount * parts, sweeps: walks
      ) { runner, task in
        let (unit, part) = task.quotientAndRemainder(dividingBy: parts)
        let numbers = DirectionalSweep.numbers(part, of: count)
        runner.hessian(
          unit, DirectionalSweep(runner: runner, directions: directions, numbers: numbers, cancel: cancel),
          numbers, of: count, into: target)
      }
    }
    try cancel?.check()
    return result
  }

  private func mean(
    of loss: some PredictionLoss, _ theta: ParameterSets, _ data: InputData, _ directions: Directions,
    count: Int, for task: Task, _ cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    try weightedProducts(
      theta, data, directions, count: count, weights: .loss(loss, losses: nil), wrt: .parameters,
      features: nil,
      for: task,
      cancel)
  }

  /// - Throws: unless there is a direction for every parameter set.
  func validate(_ theta: ParameterSets, direction: ParameterSets) throws(TangentError) {
    guard direction.setCount == theta.setCount, direction.parameterCount == theta.parameterCount else {
      throw .invalid(
        "the direction has shape (\(direction.setCount), \(direction.parameterCount)), theta (\(theta.setCount), \(theta.parameterCount)); they must agree"
      )
    }
  }

  /// About how many walks through the circuit second derivatives along so many directions take, for estimates.
  public func directionalWalks(directions: Int, outputs: Int) -> Int {
    DirectionalSweep.walks(directions: directions, outputs: outputs)
  }

  /// Doubles that Hessians along so many directions take: the result and what every thread's sweep holds.
  func hessianNumbers(_ plan: Plan, samples: Int, sets: Int, directions: Int) -> Double {
    let row = Double(circuit.parameterCount) * Double(directions)
    return Double(sets) * Double(samples) * Double(outputCount) * row
      + directionalNumbers(plan, directions: directions)
  }

  /// Doubles that the sweeps of all threads hold.
  func directionalNumbers(_ plan: Plan, directions: Int) -> Double {
    let count = min(directions, DirectionalSweep.maximumCount)
    return Double(ThreadPool.current.threadCount * Lane.scalarCount)
      * Double(DirectionalSweep.lanes(plan, outputs: outputCount, directions: count))
  }
}

extension BlockRunner<Lane> {
  /// The Hessians of the unit's predictions times the directions `numbers` of `count`, a row each.
  fileprivate func hessian(
    _ unit: Int, _ sweep: DirectionalSweep, _ numbers: Range<Int>, of count: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    let items = schedule.items(unit)
    let (k, p) = (outputCount, space.parameterCount)
    for block in blocks(items) {
      sweep.forward(items, block: block)
      if k > 1 { sweep.keepStates() }
      for a in 0..<k {
        if a > 0 { sweep.restoreStates() }
        sweep.seed(output: a)
        sweep.backward()
        for (v, number) in numbers.enumerated() {
          let (products, row) = (sweep.products(v), target + (a * count + number) * p)
          for q in 0..<p { store(products[q], items, block, stride: k * count * p, into: row + q) }
        }
      }
    }
  }
}
