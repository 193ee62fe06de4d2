import Synchronization
import TangentCircuits
import TangentNumerics

/// An engine that is compiled once for every set of variables that derivatives are taken for, by the first call that
/// needs it.
final class LazyEngine: Sendable {
  let circuit: Circuit
  private let observables: [Observable]
  private let precision: Precision
  /// Whether states are density matrices.
  let isDensity: Bool
  /// Whether states go through one operator of every channel.
  private let takesTrajectories: Bool
  private let caps: WorkspaceLayout.Caps
  /// The qubits of the circuit whose light cone this is; nil for all of them.
  private let coneOf: Int?
  private let compiled = Mutex<[Variables: Engine]>([:])
  private let tiled = Mutex<[TiledKey: TiledEngine?]>([:])
  private let split = Mutex<SplitEngine??>(nil)
  private let density = Mutex<[Variables: DensityEngine]>([:])

  private struct TiledKey: Hashable {
    /// Whether states begin as |0...0>.
    let fromZero: Bool
    let wrt: Variables
  }

  init(
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, isDensity: Bool,
    _ caps: WorkspaceLayout.Caps, coneOf: Int? = nil
  ) {
    self.circuit = circuit
    self.observables = observables
    self.precision = precision
    self.isDensity = isDensity
    takesTrajectories = !isDensity && circuit.hasDraws
    self.caps = caps
    self.coneOf = coneOf
  }

  /// - Throws: `outOfMemory` on too many qubits, `numerical` if a generator's eigenvalues do not converge, `cancelled`.
  func get(wrt: Variables = .parameters, cancel: CancelToken?) throws(TangentError) -> Engine {
    guard !takesTrajectories else {
      throw .invalid(
        "\(circuit.firstChannel?.instruction.name ?? "") is a channel, of which a trajectory takes one operator; of trajectories there are predictions, first derivatives and tangent kernels, for everything else take the circuit without channels"
      )
    }
    return try blockEngine(wrt: wrt, cancel: cancel)
  }

  private func blockEngine(wrt: Variables, cancel: CancelToken?) throws(TangentError) -> Engine {
    try requireState()
    return try compiled.withLock { engines throws(TangentError) in
      if let engine = engines[wrt] { return engine }
      let made = try Engine(circuit, observables, precision, caps, wrt: wrt, cancel: cancel)
      engines[wrt] = made
      return made
    }
  }

  private func requireState() throws(TangentError) {
    let n = circuit.qubitCount
    guard n <= Engines.maximumQubits else {
      let what =
        coneOf.map {
          "the observables depend on \(n) of the circuit's \($0) qubits, whose state does not fit"
        }
        ?? "a state of \(n) qubits does not fit"
      throw TangentError(
        .outOfMemory, "\(what); simulation is limited to \(Engines.maximumQubits) qubits")
    }
  }

  /// Large states go through tiles, and so do few of medium size, which would leave lanes empty or cores idle. A few small
  /// ones go two at a time if their circuit allows it and no derivatives for features are wanted, which come from before the split.
  /// Behind channels there are density matrices, four in a block.
  func simulator(
    units: Int, stateKind: InputData.StateKind, wrt: Variables = .parameters, cancel: CancelToken?
  ) throws(TangentError) -> Simulator {
    if isDensity { return .density(try densityEngine(wrt, cancel)) }
    if takesTrajectories { return try blocks(wrt, cancel) }
    try requireState()
    let n = circuit.qubitCount
    let isLarge = n > caps.blockQubits || (n >= caps.fewestTiledQubits && units < Lane.scalarCount)
    let isSooner =
      precision == .double && n >= caps.fewestSingleQubits
      && caps.layout.prefersSingleStates(units)
    if isLarge || isSooner, stateKind != .mixed,
      let engine = try tiledEngine(.init(fromZero: stateKind == .none, wrt: wrt), cancel),
      isLarge || engine.plan.stages.count == 1
    {
      return .tiles(engine)
    }
    if !wrt.contains(.features), SplitEngine.isSooner(for: units, caps.layout), stateKind != .mixed,
      let engine = try splitEngine(cancel)
    {
      return .splits(engine)
    }
    // A mixed sample's eigenvectors, often few, have blocks of their own.
    let isWide =
      caps.hasWideVectors && stateKind != .mixed && caps.layout.prefersWideBlocks(units, qubits: n)
    return try blocks(wrt, isWide: isWide, cancel)
  }

  private func blocks(
    _ wrt: Variables, isWide: Bool = false, _ cancel: CancelToken?
  ) throws(TangentError) -> Simulator {
    let engine = try blockEngine(wrt: wrt, cancel: cancel)
    switch precision {
    case .double: return isWide ? .wideBlocks(engine) : .blocks(engine)
    case .single: return .singleBlocks(engine)
    }
  }

  private func densityEngine(
    _ wrt: Variables, _ cancel: CancelToken?
  ) throws(TangentError) -> DensityEngine {
    try density.withLock { engines throws(TangentError) in
      if let engine = engines[wrt] { return engine }
      let made = try DensityEngine(circuit, observables, caps.layout, wrt: wrt, cancel: cancel)
      engines[wrt] = made
      return made
    }
  }

  private func splitEngine(_ cancel: CancelToken?) throws(TangentError) -> SplitEngine? {
    try split.withLock { engine throws(TangentError) in
      if let engine { return engine }
      let made = try SplitEngine(circuit, observables, caps, cancel: cancel)
      engine = .some(made)
      return made
    }
  }

  private func tiledEngine(_ key: TiledKey, _ cancel: CancelToken?) throws(TangentError) -> TiledEngine? {
    try tiled.withLock { engines throws(TangentError) in
      if let engine = engines[key] { return engine }
      let made = try TiledEngine(
        circuit, observables, caps, fromZero: key.fromZero, wrt: key.wrt, cancel: cancel)
      engines[key] = .some(made)
      return made
    }
  }
}
