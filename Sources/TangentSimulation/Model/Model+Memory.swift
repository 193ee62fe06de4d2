import TangentNumerics

extension Model {
  /// What a call would compute, for estimates.
  public enum Task: Int32, Sendable, CaseIterable {
    case predict = 0
    case gradient = 1
    case jacobian = 2
    case tangentKernel = 3
    case outputStates = 4
    case fisherInformation = 5
    case dqntk = 6
    case vectorJacobianProduct = 7
    case featureJacobian = 8
    case featureFisherInformation = 9
    case hessianProduct = 10
    case hessian = 11
    case lossHessianProduct = 12
    case lossHessian = 13
    case vjpProduct = 14

    /// What the task differentiates with respect to.
    var wrt: Variables {
      switch self {
      case .vectorJacobianProduct, .vjpProduct: [.parameters, .features]
      case .featureJacobian, .featureFisherInformation: .features
      default: .parameters
      }
    }
  }

  /// Bytes that a call on so many pure samples takes beside its input: results, and the workspaces of all threads.
  /// Samples with input states of their own need the whole register.
  /// Compiles the circuit as such a call does.
  /// - Throws: `outOfMemory` on more qubits than can be simulated, `numerical` for generators, `cancelled`.
  public func memoryEstimate(
    for task: Task, samples: Int, sets: Int = 1, hasStates: Bool = false, cancel: CancelToken? = nil
  ) throws(TangentError) -> Int {
    let engine = engines.engine(for: task, hasStates: hasStates)
    let wrt = differentiable(task.wrt)
    let units = samples.multipliedReportingOverflow(by: sets)
    let simulator: Simulator
    switch task {
    case .fisherInformation, .featureFisherInformation, .dqntk, .hessianProduct, .hessian,
      .lossHessianProduct, .lossHessian, .vjpProduct:
      simulator = .blocks(try engine.get(wrt: wrt, cancel: cancel))
    case .predict, .gradient, .vectorJacobianProduct, .jacobian, .featureJacobian, .tangentKernel,
      .outputStates:
      simulator = try engine.simulator(
        units: units.overflow ? .max : units.partialValue, stateKind: hasStates ? .pure : .none, wrt: wrt,
        cancel: cancel)
    }
    let pairs = Double(samples) * Double(sets)
    let (outputs, features) = (Double(outputCount), Double(circuit.featureCount))
    let rows =
      switch task {
      case .predict: pairs * outputs
      case .gradient: pairs * (outputs + 1) + 64 * Double(sets) * Double(circuit.parameterCount)
      case .vectorJacobianProduct:
        pairs * (2 * outputs + features) + 64 * Double(sets) * Double(circuit.parameterCount)
      case .featureJacobian: pairs * outputs * (1 + features)
      case .jacobian: pairs * outputs * Double(1 + circuit.parameterCount)
      case .tangentKernel: pairs * outputs * Double(1 + circuit.parameterCount) + pairs * Double(samples)
      case .outputStates: pairs * 2 * exp2(Double(engine.circuit.qubitCount))
      case .fisherInformation, .featureFisherInformation:
        fisherNumbers(try engine.get(wrt: wrt, cancel: cancel).plan, samples: samples, sets: sets)
      case .dqntk: dqntkNumbers(try engine.get(cancel: cancel).plan, samples: samples, sets: sets)
      case .hessianProduct:
        hessianNumbers(try engine.get(cancel: cancel).plan, samples: samples, sets: sets, directions: 1)
      case .hessian:
        hessianNumbers(
          try engine.get(cancel: cancel).plan, samples: samples, sets: sets,
          directions: circuit.parameterCount)
      case .lossHessianProduct:
        weightedProductNumbers(
          try engine.get(cancel: cancel).plan, samples: samples, sets: sets, directions: 1)
      case .lossHessian:
        weightedProductNumbers(
          try engine.get(cancel: cancel).plan, samples: samples, sets: sets,
          directions: circuit.parameterCount)
      case .vjpProduct:
        weightedProductNumbers(
          try engine.get(wrt: wrt, cancel: cancel).plan, samples: samples, sets: sets, directions: 1)
          + pairs * (outputs + 2 * features)
      }
    func blockWorkers(_ layout: WorkspaceLayout) -> Double {
      Double(
        min(
          ThreadPool.current.threadCount, layout.mostWorkers,
          Int(min(pairs, 1e6)) / simulator.statesPerUnit + 1))
    }
    func eights<L: LaneVector>(_ engine: Engine, _: L.Type) -> Double {
      let layout = engine.layout(
        L.self, lanesHaveParameters: sets > 1 && samples < simulator.statesPerUnit)
      // The samples keep their states in these lanes.
      let blocks = hasStates ? (Double(samples) / Double(simulator.statesPerUnit)).rounded(.up) : 0
      return blockWorkers(layout) * Double(layout.bytes) + blocks * Double(layout.lanes.bytes * layout.state)
    }
    let workspaces: Double
    switch simulator {
    case .blocks(let engine):
      let layout = engine.layout(
        Lane.self, lanesHaveParameters: sets > 1 && samples < simulator.statesPerUnit)
      workspaces = blockWorkers(layout) * Double(layout.bytes)
    case .wideBlocks(let engine): workspaces = eights(engine, WideLane.self)
    case .singleBlocks(let engine): workspaces = eights(engine, SingleLane.self)
    case .splits(let engine):
      let workers = min(
        ThreadPool.current.threadCount, Int(min(pairs, 1e6)) / SplitEngine.samplesPerUnit + 1)
      workspaces = Double(workers) * Double(engine.workspaceBytes)
    case .density(let engine):
      let workers = min(
        ThreadPool.current.threadCount, engine.mostWorkers, Int(min(pairs, 1e6)) / Lane.scalarCount + 1)
      workspaces = Double(workers) * Double(engine.workspaceBytes(returns: task != .predict))
    case .tiles(let engine):
      let states = task == .predict || task == .outputStates ? 1 : outputCount > 1 ? 3 : 2
      workspaces = Double(engine.workspaceBytes(units: Int(min(pairs, 1e6)), states: states))
    }
    return Int(min(8 * rows + workspaces, 0x1p62))
  }

  /// Compiles what such a call needs, so that the call itself need not.
  /// - Throws: as `memoryEstimate`.
  public func compile(
    for task: Task, samples: Int, sets: Int, hasStates: Bool, cancel: CancelToken?
  ) throws(TangentError) {
    _ = try memoryEstimate(for: task, samples: samples, sets: sets, hasStates: hasStates, cancel: cancel)
  }

  /// - Throws: `outOfMemory` if the call would take more than nine tenths of the machine's memory; names how much, and
  ///   how many samples at a time would fit.
  public func requireMemory(
    for task: Task, samples: Int, sets: Int, hasStates: Bool, cancel: CancelToken? = nil
  ) throws(TangentError) {
    let limit = MachineMemory.available
    func estimate(_ samples: Int) throws(TangentError) -> Int {
      try memoryEstimate(for: task, samples: samples, sets: sets, hasStates: hasStates, cancel: cancel)
    }
    let needed = try estimate(samples)
    guard needed > limit else { return }
    var fitting = samples
    while fitting > 0, try estimate(fitting) > limit { fitting /= 2 }
    let remedy =
      fitting > 0
      ? "a chunk of \(fitting) samples fits: make the call for so many at a time"
      : "not even one sample fits; use fewer qubits, parameters or parameter sets"
    throw TangentError(
      .outOfMemory,
      "\(samples) samples need \(ByteCount(needed)), \(ByteCount(limit)) are allowed; \(remedy)")
  }
}
