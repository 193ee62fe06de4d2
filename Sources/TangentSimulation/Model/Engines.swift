import Synchronization
import TangentCircuits
import TangentNumerics

/// The circuits that a model simulates, each compiled when it is first needed. Where the light cone leaves nothing out,
/// they are one.
final class Engines: Sendable {
  /// The whole circuit.
  private let whole: LazyEngine
  /// The circuit without gates outside the observables' light cone, on all qubits.
  private let onRegister: LazyEngine
  /// The same on the light cone's qubits alone.
  private let onCone: LazyEngine

  /// - Throws: `outOfMemory` if even the light cone is too large to be simulated.
  init(
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, _ caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    let cone = circuit.lightCone(of: observables)
    guard cone.qubits.count <= Engines.maximumQubits else {
      throw TangentError(
        .outOfMemory,
        "the observables depend on \(cone.qubits.count) of the circuit's \(circuit.qubitCount) qubits, whose state does not fit; simulation is limited to \(Engines.maximumQubits) qubits"
      )
    }
    whole = LazyEngine(circuit, observables, precision, caps)
    onRegister = cone.isPruned ? LazyEngine(cone.circuit, observables, precision, caps) : whole
    onCone =
      cone.qubits.count < circuit.qubitCount
      ? LazyEngine(cone.restrictedCircuit, observables.map(cone.restricted), precision, caps) : onRegister
  }

  /// A state of so many qubits takes 16 GB, with four lanes 64.
  static let maximumQubits = 30

  /// What computes a task. Output states and their Fisher information need the whole circuit. Predictions and their derivatives need the light cone;
  /// from input states, which may entangle any qubits, on the whole register.
  func engine(for task: Model.Task, hasStates: Bool) -> LazyEngine {
    switch task {
    case .outputStates, .fisherInformation: whole
    case .predict, .gradient, .jacobian, .tangentKernel, .dqntk: hasStates ? onRegister : onCone
    }
  }
}

/// An engine that is compiled once, by the first call that needs it.
final class LazyEngine: Sendable {
  let circuit: Circuit
  private let observables: [Observable]
  private let precision: Precision
  private let caps: WorkspaceLayout.Caps
  private let compiled = Mutex<Engine?>(nil)
  /// By whether states begin as |0...0>.
  private let tiled = Mutex<[Bool: TiledEngine?]>([:])
  private let split = Mutex<SplitEngine??>(nil)

  init(
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, _ caps: WorkspaceLayout.Caps
  ) {
    self.circuit = circuit
    self.observables = observables
    self.precision = precision
    self.caps = caps
  }

  /// - Throws: `outOfMemory` on too many qubits, `numerical` if a generator's eigenvalues do not converge.
  func get() throws(TangentError) -> Engine {
    try requireState()
    return try compiled.withLock { engine throws(TangentError) in
      if let engine { return engine }
      let made = try Engine(circuit, observables, precision, caps)
      engine = made
      return made
    }
  }
}

/// What simulates the samples of a call: blocks of states, blocks of two, or one state at a time in tiles.
enum Simulator {
  case blocks(Engine)
  case singleBlocks(Engine)
  case splits(SplitEngine)
  case tiles(TiledEngine)

  var statesPerUnit: Int {
    switch self {
    case .blocks: Lane.scalarCount
    case .singleBlocks: SingleLane.scalarCount
    case .splits: SplitEngine.samplesPerUnit
    case .tiles: 1
    }
  }

  /// About how long a forward sweep over one unit takes.
  var nanosecondsPerUnit: Int {
    switch self {
    case .blocks(let engine), .singleBlocks(let engine): engine.plan.nanoseconds
    case .splits(let engine): engine.plan.nanoseconds
    // A pass takes about half a nanosecond an amplitude of a single state, and a stage is a few passes.
    case .tiles(let engine): engine.plan.stages.count << engine.plan.qubitCount
    }
  }
}

extension LazyEngine {
  private func requireState() throws(TangentError) {
    guard circuit.qubitCount <= Engines.maximumQubits else {
      throw TangentError(
        .outOfMemory,
        "a state of \(circuit.qubitCount) qubits does not fit; simulation is limited to \(Engines.maximumQubits) qubits"
      )
    }
  }

  /// Large states go through tiles, and so do few of medium size, which would leave lanes empty. A few small ones go two
  /// at a time if their circuit allows it.
  func simulator(units: Int, stateKind: InputData.StateKind) throws(TangentError) -> Simulator {
    try requireState()
    let n = circuit.qubitCount
    let isLarge = n > caps.blockQubits || (n >= caps.fewestTiledQubits && units < Lane.scalarCount)
    if isLarge, stateKind != .mixed, let engine = try tiledEngine(fromZero: stateKind == .none) {
      return .tiles(engine)
    }
    if units <= SplitEngine.mostSamples, stateKind != .mixed, let engine = try splitEngine() {
      return .splits(engine)
    }
    switch precision {
    case .double: return .blocks(try get())
    case .single: return .singleBlocks(try get())
    }
  }

  private func splitEngine() throws(TangentError) -> SplitEngine? {
    try split.withLock { engine throws(TangentError) in
      if let engine { return engine }
      let made = try SplitEngine(circuit, observables, caps)
      engine = .some(made)
      return made
    }
  }

  private func tiledEngine(fromZero: Bool) throws(TangentError) -> TiledEngine? {
    try tiled.withLock { engines throws(TangentError) in
      if let engine = engines[fromZero] { return engine }
      let made = try TiledEngine(circuit, observables, caps, fromZero: fromZero)
      engines[fromZero] = .some(made)
      return made
    }
  }
}

extension Model {
  /// What predicts these samples.
  func predictionSimulator(
    _ theta: ParameterSets, _ data: InputData, rows: Int
  ) throws(TangentError) -> Simulator {
    try engines.engine(for: .predict, hasStates: data.stateKind != .none)
      .simulator(units: theta.setCount * rows, stateKind: data.stateKind)
  }

  /// About how many seconds one thread needs to bring these samples forward once. Compiles the circuit.
  public func forwardSeconds(_ data: InputData, sets: Int) throws(TangentError) -> Double {
    let pairs = data.sampleCount.multipliedReportingOverflow(by: sets)
    let simulator = try engines.engine(for: .gradient, hasStates: data.stateKind != .none)
      .simulator(units: pairs.overflow ? .max : pairs.partialValue, stateKind: data.stateKind)
    let units =
      data.stateKind == .mixed
      ? Double(data.firstBlock.last ?? 0) * Double(sets)
      : (Double(data.sampleCount) * Double(sets) / Double(simulator.statesPerUnit)).rounded(.up)
    return 1e-9 * units * Double(simulator.nanosecondsPerUnit)
  }

  /// The whole circuit, for output states and their derivatives.
  var stateEngine: Engine {
    get throws(TangentError) { try engines.engine(for: .outputStates, hasStates: true).get() }
  }

  /// The observables' light cone, for predictions of these samples and their derivatives.
  func predictionEngine(_ data: InputData) throws(TangentError) -> Engine {
    try engines.engine(for: .predict, hasStates: data.stateKind != .none).get()
  }

  /// The circuit that is simulated for a task, for estimates.
  public func simulatedCircuit(for task: Task, hasStates: Bool) -> Circuit {
    engines.engine(for: task, hasStates: hasStates).circuit
  }
}
