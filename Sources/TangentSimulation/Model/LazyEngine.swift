import Synchronization
import TangentCircuits
import TangentNumerics

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
