import TangentNumerics

extension Model {
  /// yhat, (sets, samples, outputs).
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func predict(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try evaluate(theta, data, rows: rows, wantsJacobian: false, cancel: cancel).predictions
  }

  /// Predictions (sets, samples, outputs) and d yhat / d theta (sets, samples, outputs, parameters), by one backward
  /// sweep a sample and output (adjoint method).
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func jacobian(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, cancel: CancelToken? = nil
  ) throws(TangentError) -> (predictions: [Double], jacobian: [Double]) {
    try evaluate(theta, data, rows: rows, wantsJacobian: true, cancel: cancel)
  }

  /// The same for the samples of `range`, written to their places among the results of all samples, in memory of the
  /// caller; what is nil is not wanted.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`; the memory then holds anything.
  public func evaluate(
    _ theta: ParameterSets, _ data: InputData, range: Range<Int>,
    predictions: UnsafeMutablePointer<Double>?, jacobian: UnsafeMutablePointer<Double>?,
    cancel: CancelToken? = nil
  ) throws(TangentError) {
    try validate(theta, data)
    try requireMemory(
      for: jacobian == nil ? .predict : .jacobian, samples: range.count, sets: theta.setCount,
      hasStates: data.stateKind != .none)
    let schedule = Schedule(theta, data, range: range)
    if let predictions {
      return try evaluate(schedule, theta, data, predictions, jacobian, cancel)
    }
    let count = theta.setCount * data.sampleCount * outputCount
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { memory throws(TangentError) in
      try evaluate(schedule, theta, data, memory.baseAddress!, jacobian, cancel)
    }
  }

  private func evaluate(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, wantsJacobian: Bool, cancel: CancelToken?
  ) throws(TangentError) -> (predictions: [Double], jacobian: [Double]) {
    try validate(theta, data)
    let schedule = Schedule(theta, data, rows: rows)
    try requireMemory(
      for: wantsJacobian ? .jacobian : .predict, samples: schedule.rowCount, sets: theta.setCount,
      hasStates: data.stateKind != .none)
    let count = schedule.setCount * schedule.rowCount * outputCount
    var predictions = [Double](repeating: 0, count: count)
    var jacobian = [Double](repeating: 0, count: wantsJacobian ? count * circuit.parameterCount : 0)
    try predictions.withUnsafeMutableBufferPointer { predictions throws(TangentError) in
      try jacobian.withUnsafeMutableBufferPointer { jacobian throws(TangentError) in
        try evaluate(
          schedule, theta, data, predictions.baseAddress!, wantsJacobian ? jacobian.baseAddress : nil, cancel)
      }
    }
    return (predictions, jacobian)
  }

  private func evaluate(
    _ schedule: Schedule, _ theta: ParameterSets, _ data: InputData,
    _ predictions: UnsafeMutablePointer<Double>, _ jacobian: UnsafeMutablePointer<Double>?,
    _ cancel: CancelToken?
  ) throws(TangentError) {
    let engine = try predictionEngine(data)
    if schedule.kind == .mixed {
      // The eigenvectors of a mixed sample add up in their places.
      for set in 0..<schedule.setCount {
        let places = schedule.positions(set: set)
        let (first, count) = (places.lowerBound * outputCount, places.count * outputCount)
        (predictions + first).update(repeating: 0, count: count)
        let p = circuit.parameterCount
        if let jacobian { (jacobian + first * p).update(repeating: 0, count: count * p) }
      }
    }
    run(engine, schedule, tasks: schedule.unitCount, theta, data, jacobian == nil ? 1 : 3, cancel) {
      runner, unit in
      runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    }
    try cancel?.check()
  }

  /// Runs `body` for every task with a worker's runner; alone when the work is too little to share.
  func run(
    _ engine: Engine, _ schedule: Schedule, tasks: Int, _ theta: ParameterSets, _ data: InputData,
    _ sweeps: Int,
    _ cancel: CancelToken?, body: (UnitRunner, Int) -> Void
  ) {
    // A pass takes about 2 ns an amplitude.
    let duration = 2 * schedule.unitCount * engine.plan.stepCount * engine.plan.amplitudes * sweeps
    let workers = ThreadPool.shared.workers(tasks: tasks, nanoseconds: duration)
    let workspaces = engine.takeWorkspaces(workers, lanesHaveParameters: schedule.kind == .pairs)
    ThreadPool.shared.share(tasks: tasks, among: workers) { worker, tasks in
      let runner = UnitRunner(
        engine, scale: scale, theta, data, schedule, workspaces[worker], cancel: cancel)
      for task in tasks {
        if let cancel, cancel.isCancelled { return }
        body(runner, task)
      }
    }
    engine.give(back: workspaces)
  }
}
