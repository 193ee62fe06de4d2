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

  private func evaluate(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, wantsJacobian: Bool, cancel: CancelToken?
  ) throws(TangentError) -> (predictions: [Double], jacobian: [Double]) {
    try validate(theta, data)
    try requireMemory(
      for: wantsJacobian ? .jacobian : .predict, samples: rows?.count ?? data.sampleCount,
      sets: theta.setCount, hasStates: data.stateKind != .none)
    let engine = try predictionEngine(data)
    let schedule = Schedule(theta, data, rows: rows)
    let count = schedule.setCount * schedule.rowCount * outputCount
    var predictions = [Double](repeating: 0, count: count)
    var jacobian = [Double](repeating: 0, count: wantsJacobian ? count * circuit.parameterCount : 0)
    predictions.withUnsafeMutableBufferPointer { predictions in
      jacobian.withUnsafeMutableBufferPointer { jacobian in
        let predictions = predictions.baseAddress!
        let rows = wantsJacobian ? jacobian.baseAddress : nil
        run(engine, schedule, tasks: schedule.unitCount, theta, data, wantsJacobian ? 3 : 1, cancel) {
          runner, unit in
          runner.evaluate(unit, predictions: predictions, jacobian: rows)
        }
      }
    }
    try cancel?.check()
    return (predictions, jacobian)
  }

  /// Runs `body` for every task with a worker's runner; alone when the work is too little to share.
  func run(
    _ engine: Engine, _ schedule: Schedule, tasks: Int, _ theta: ParameterSets, _ data: InputData,
    _ sweeps: Int,
    _ cancel: CancelToken?, body: (UnitRunner, Int) -> Void
  ) {
    let workers = min(ThreadPool.shared.threadCount, tasks)
    let workspaces = engine.takeWorkspaces(workers, lanesHaveParameters: schedule.kind == .pairs)
    let runners = workspaces.map {
      UnitRunner(engine, scale: scale, theta, data, schedule, $0, cancel: cancel)
    }
    // A pass takes about 2 ns an amplitude; below 40 microseconds waking a second thread costs more than it brings.
    let work = schedule.unitCount * engine.plan.stepCount * engine.plan.amplitudes * sweeps
    ThreadPool.shared.run(tasks: tasks, workers: workers, parallel: work > 20_000) { task, worker in
      if let cancel, cancel.isCancelled { return }
      body(runners[worker], task)
    }
    engine.give(back: workspaces)
  }
}
