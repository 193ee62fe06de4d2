import TangentNumerics

extension Model {
  /// yhat, (sets, samples, outputs).
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func predict(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try evaluate(theta, data, rows: rows, jacobianWrt: nil, cancel: cancel).predictions
  }

  /// Predictions (sets, samples, outputs) and d yhat / d theta (sets, samples, outputs, parameters), by one backward
  /// sweep a sample and output (adjoint method); or with respect to the features, d yhat_ja / d x_jf in
  /// (sets, samples, outputs, features), zero for features that the circuit does not use.
  /// - Parameter wrt: parameters or features, not both.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func jacobian(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, wrt: Variables = .parameters,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> (predictions: [Double], jacobian: [Double]) {
    try evaluate(theta, data, rows: rows, jacobianWrt: wrt, cancel: cancel)
  }

  /// The same for the samples of `range`, written to their places among the results of all samples, in memory of the
  /// caller; what is nil is not wanted.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`; the memory then holds anything.
  public func evaluate(
    _ theta: ParameterSets, _ data: InputData, range: Range<Int>,
    predictions: UnsafeMutablePointer<Double>?, jacobian: UnsafeMutablePointer<Double>?,
    wrt: Variables = .parameters, cancel: CancelToken? = nil
  ) throws(TangentError) {
    try validate(theta, data)
    try requireMemory(
      for: task(jacobianWrt: jacobian == nil ? nil : wrt), samples: range.count, sets: theta.setCount,
      hasStates: data.stateKind != .none,
      cancel: cancel)
    let simulator = try predictionSimulator(
      theta, data, rows: range.count, wrt: differentiable(wrt), cancel: cancel)
    let schedule = Schedule(
      theta, data, range: range, statesPerUnit: simulator.statesPerUnit,
      takesMixedStates: simulator.takesMixedStates)
    if let predictions {
      return try evaluate(
        simulator, call(theta, data, schedule, cancel), predictions, jacobian, wrt)
    }
    let count = theta.setCount * data.sampleCount * outputCount
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { memory throws(TangentError) in
      try evaluate(
        simulator, call(theta, data, schedule, cancel), memory.baseAddress!, jacobian, wrt)
    }
  }

  private func evaluate(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, jacobianWrt wrt: Variables?, cancel: CancelToken?
  ) throws(TangentError) -> (predictions: [Double], jacobian: [Double]) {
    try validate(theta, data)
    // Predictions alone go through the plan that trainings use.
    let simulator = try predictionSimulator(
      theta, data, rows: rows?.count ?? data.sampleCount, wrt: differentiable(wrt ?? .parameters),
      cancel: cancel)
    let schedule = Schedule(
      theta, data, rows: rows, statesPerUnit: simulator.statesPerUnit,
      takesMixedStates: simulator.takesMixedStates)
    try requireMemory(
      for: task(jacobianWrt: wrt), samples: schedule.rowCount, sets: theta.setCount,
      hasStates: data.stateKind != .none,
      cancel: cancel)
    let count = schedule.setCount * schedule.rowCount * outputCount
    var predictions = [Double](repeating: 0, count: count)
    var jacobian = [Double](repeating: 0, count: wrt.map { count * rowWidth(data, $0) } ?? 0)
    try predictions.withUnsafeMutableBufferPointer { predictions throws(TangentError) in
      try jacobian.withUnsafeMutableBufferPointer { jacobian throws(TangentError) in
        try evaluate(
          simulator, call(theta, data, schedule, cancel), predictions.baseAddress!,
          wrt == nil ? nil : jacobian.baseAddress, wrt ?? .parameters)
      }
    }
    return (predictions, jacobian)
  }

  private func evaluate(
    _ simulator: Simulator, _ call: Call, _ predictions: UnsafeMutablePointer<Double>,
    _ jacobian: UnsafeMutablePointer<Double>?, _ wrt: Variables
  ) throws(TangentError) {
    let (data, schedule) = (call.data, call.schedule)
    let hasUnusedFeatures = wrt == .features && data.featureCount > circuit.featureCount
    if schedule.kind == .mixed || hasUnusedFeatures {
      // The eigenvectors of a mixed sample add up in their places, unused features keep their zeros.
      for set in 0..<schedule.setCount {
        let places = schedule.positions(set: set)
        let (first, count) = (places.lowerBound * outputCount, places.count * outputCount)
        (predictions + first).update(repeating: 0, count: count)
        let width = rowWidth(data, wrt)
        if let jacobian { (jacobian + first * width).update(repeating: 0, count: count * width) }
      }
    }
    // A circuit without features is no function of them.
    let jacobian = wrt == .features && circuit.featureCount == 0 ? nil : jacobian
    run(simulator, call, tasks: schedule.unitCount, sweeps: jacobian == nil ? 1 : 3) {
      runner, unit in
      runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    }
    try call.cancel?.check()
  }

  private func task(jacobianWrt wrt: Variables?) -> Task {
    switch wrt {
    case nil: .predict
    case .some(.features): .featureJacobian
    default: .jacobian
    }
  }

  private func rowWidth(_ data: InputData, _ wrt: Variables) -> Int {
    wrt == .features ? data.featureCount : circuit.parameterCount
  }

  /// A call for the model's own scale.
  func call(
    _ theta: ParameterSets, _ data: InputData, _ schedule: Schedule, _ cancel: CancelToken?
  ) -> Call {
    Call(scale: scale, theta: theta, data: data, schedule: schedule, cancel: cancel)
  }

  /// Runs `body` for every task with a worker's runner; `sweeps` is about how often a task goes through the circuit.
  func run(
    _ simulator: Simulator, _ call: Call, tasks: Int, sweeps: Int, body: (Runner, Int) -> Void
  ) {
    func run(_ runner: Runner, _ tasks: ThreadPool.Tasks) {
      for task in tasks {
        if let cancel = call.cancel, cancel.isCancelled { return }
        body(runner, task)
      }
    }
    let duration = call.schedule.unitCount * simulator.nanosecondsPerUnit * sweeps
    switch simulator {
    case .blocks(let engine):
      share(engine, engine.workspaces, call, tasks: tasks, sweeps: sweeps) { run(.blocks($0), $1) }
    case .wideBlocks(let engine):
      share(engine, engine.wideWorkspaces, call, tasks: tasks, sweeps: sweeps) { run(.wideBlocks($0), $1) }
    case .singleBlocks(let engine):
      share(engine, engine.singleWorkspaces, call, tasks: tasks, sweeps: sweeps) {
        run(.singleBlocks($0), $1)
      }
    case .splits(let engine):
      let threads = ThreadPool.current
      engine.workspaces.share(
        tasks: tasks, among: threads.workers(tasks: tasks, nanoseconds: duration), of: threads,
        make: { SplitWorkspace(engine) },
        body: { run(.splits(SplitRunner(engine, call, $0)), $1) })
    case .tiles(let engine):
      let threads = ThreadPool.current
      let crew = engine.crew(units: call.schedule.unitCount)
      engine.workspaces.share(
        tasks: tasks, among: min(threads.workers(tasks: tasks, nanoseconds: duration), crew.states),
        of: threads, where: { $0.tiles.count == crew.threadsPerState },
        make: { engine.workspace(threadsPerState: crew.threadsPerState) },
        body: { run(.tiles(TiledRunner(engine, call, $0)), $1) })
    case .density(let engine):
      let threads = ThreadPool.current
      engine.workspaces.share(
        tasks: tasks,
        among: min(threads.workers(tasks: tasks, nanoseconds: duration), engine.mostWorkers), of: threads,
        make: { DensityWorkspace(engine.plan) },
        body: { run(.density(DensityRunner(engine, call, $0)), $1) })
    }
  }

  /// Runs `body` for every task with a worker's runner over blocks of double precision.
  func run(
    _ engine: Engine, _ call: Call, tasks: Int, sweeps: Int, body: (BlockRunner<Lane>, Int) -> Void
  ) {
    share(engine, engine.workspaces, call, tasks: tasks, sweeps: sweeps) { runner, tasks in
      for task in tasks {
        if let cancel = call.cancel, cancel.isCancelled { return }
        body(runner, task)
      }
    }
  }

  /// Gives every worker a runner over blocks and its tasks; one worker alone when the work is too little to share.
  private func share<L: LaneVector>(
    _ engine: Engine, _ pool: WorkspacePool<Workspace<L>>, _ call: Call, tasks: Int, sweeps: Int,
    body: (BlockRunner<L>, ThreadPool.Tasks) -> Void
  ) {
    let duration = call.schedule.unitCount * engine.plan.nanoseconds * sweeps
    let isApart = call.schedule.kind == .pairs
    let layout = engine.layout(L.self, lanesHaveParameters: isApart)
    let threads = ThreadPool.current
    let workers = min(threads.workers(tasks: tasks, nanoseconds: duration), layout.mostWorkers)
    pool.share(
      tasks: tasks, among: workers, of: threads, where: { $0.lanesHaveParameters == isApart },
      make: { Workspace(layout) },
      body: { body(BlockRunner(engine, call, $0), $1) })
  }
}
