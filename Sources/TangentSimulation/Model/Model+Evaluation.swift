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
    let simulator = try predictionSimulator(theta, data, rows: range.count)
    let schedule = Schedule(theta, data, range: range, statesPerUnit: simulator.statesPerUnit)
    if let predictions {
      return try evaluate(simulator, schedule, theta, data, predictions, jacobian, cancel)
    }
    let count = theta.setCount * data.sampleCount * outputCount
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { memory throws(TangentError) in
      try evaluate(simulator, schedule, theta, data, memory.baseAddress!, jacobian, cancel)
    }
  }

  private func evaluate(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, wantsJacobian: Bool, cancel: CancelToken?
  ) throws(TangentError) -> (predictions: [Double], jacobian: [Double]) {
    try validate(theta, data)
    let simulator = try predictionSimulator(theta, data, rows: rows?.count ?? data.sampleCount)
    let schedule = Schedule(theta, data, rows: rows, statesPerUnit: simulator.statesPerUnit)
    try requireMemory(
      for: wantsJacobian ? .jacobian : .predict, samples: schedule.rowCount, sets: theta.setCount,
      hasStates: data.stateKind != .none)
    let count = schedule.setCount * schedule.rowCount * outputCount
    var predictions = [Double](repeating: 0, count: count)
    var jacobian = [Double](repeating: 0, count: wantsJacobian ? count * circuit.parameterCount : 0)
    try predictions.withUnsafeMutableBufferPointer { predictions throws(TangentError) in
      try jacobian.withUnsafeMutableBufferPointer { jacobian throws(TangentError) in
        try evaluate(
          simulator, schedule, theta, data, predictions.baseAddress!,
          wantsJacobian ? jacobian.baseAddress : nil, cancel)
      }
    }
    return (predictions, jacobian)
  }

  private func evaluate(
    _ simulator: Simulator, _ schedule: Schedule, _ theta: ParameterSets, _ data: InputData,
    _ predictions: UnsafeMutablePointer<Double>, _ jacobian: UnsafeMutablePointer<Double>?,
    _ cancel: CancelToken?
  ) throws(TangentError) {
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
    run(simulator, schedule, tasks: schedule.unitCount, theta, data, jacobian == nil ? 1 : 3, cancel) {
      runner, unit in
      runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    }
    try cancel?.check()
  }

  /// Runs `body` for every task with a worker's runner.
  func run(
    _ simulator: Simulator, _ schedule: Schedule, tasks: Int, _ theta: ParameterSets, _ data: InputData,
    _ sweeps: Int, _ cancel: CancelToken?, body: (Runner, Int) -> Void
  ) {
    func run(_ runner: Runner, _ tasks: ThreadPool.Tasks) {
      for task in tasks {
        if let cancel, cancel.isCancelled { return }
        body(runner, task)
      }
    }
    let duration = schedule.unitCount * simulator.nanosecondsPerUnit * sweeps
    switch simulator {
    case .blocks(let engine):
      share(engine, engine.workspaces, schedule, tasks: tasks, theta, data, sweeps, cancel) {
        run(.blocks($0), $1)
      }
    case .singleBlocks(let engine):
      share(engine, engine.singleWorkspaces, schedule, tasks: tasks, theta, data, sweeps, cancel) {
        run(.singleBlocks($0), $1)
      }
    case .splits(let engine):
      let workers = ThreadPool.shared.workers(tasks: tasks, nanoseconds: duration)
      let workspaces = engine.takeWorkspaces(workers)
      ThreadPool.shared.share(tasks: tasks, among: workers) { worker, tasks in
        run(.splits(SplitRunner(engine, scale: scale, theta, data, schedule, workspaces[worker])), tasks)
      }
      engine.give(back: workspaces)
    case .tiles(let engine):
      let perState = engine.threadsPerState(units: schedule.unitCount)
      let workers =
        perState > 1
        ? 1 : min(ThreadPool.shared.workers(tasks: tasks, nanoseconds: duration), engine.threadCount)
      let workspaces = engine.takeWorkspaces(workers, threadsPerState: perState)
      ThreadPool.shared.share(tasks: tasks, among: workers) { worker, tasks in
        let runner = TiledRunner(
          engine, scale: scale, theta, data, schedule, workspaces[worker], cancel: cancel)
        run(.tiles(runner), tasks)
      }
      engine.give(back: workspaces)
    }
  }

  /// Runs `body` for every task with a worker's runner over blocks of double precision.
  func run(
    _ engine: Engine, _ schedule: Schedule, tasks: Int, _ theta: ParameterSets, _ data: InputData,
    _ sweeps: Int, _ cancel: CancelToken?, body: (UnitRunner<Lane>, Int) -> Void
  ) {
    share(engine, engine.workspaces, schedule, tasks: tasks, theta, data, sweeps, cancel) { runner, tasks in
      for task in tasks {
        if let cancel, cancel.isCancelled { return }
        body(runner, task)
      }
    }
  }

  /// Gives every worker a runner over blocks and its tasks; one worker alone when the work is too little to share.
  private func share<L: LaneVector>(
    _ engine: Engine, _ pool: WorkspacePool<L>, _ schedule: Schedule, tasks: Int, _ theta: ParameterSets,
    _ data: InputData, _ sweeps: Int, _ cancel: CancelToken?, body: (UnitRunner<L>, ThreadPool.Tasks) -> Void
  ) {
    let duration = schedule.unitCount * engine.plan.nanoseconds * sweeps
    let lanesHaveParameters = schedule.kind == .pairs
    let workers = min(
      ThreadPool.shared.workers(tasks: tasks, nanoseconds: duration),
      pool.layout(lanesHaveParameters: lanesHaveParameters).mostWorkers)
    let workspaces = pool.take(workers, lanesHaveParameters: lanesHaveParameters)
    ThreadPool.shared.share(tasks: tasks, among: workers) { worker, tasks in
      body(
        UnitRunner(engine, scale: scale, theta, data, schedule, workspaces[worker], cancel: cancel), tasks)
    }
    pool.give(back: workspaces)
  }
}
