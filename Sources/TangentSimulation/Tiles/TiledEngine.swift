import Synchronization
import TangentCircuits
import TangentNumerics

/// The tiled plan and observables of states that are simulated one at a time, with the workspaces kept between calls.
final class TiledEngine: Sendable {
  let plan: TiledPlan
  /// As in `Engine`.
  let labels: IndexMap
  let observables: [TiledObservable]
  private let layout: WorkspaceLayout
  private let idle = Mutex<[TiledWorkspace]>([])

  /// What the idle workspaces of all models may take together: an eighth of what a call may. Memory that has gone back
  /// to the system is dear to get again: a state of 24 qubits costs an eighth of a prediction, and two predictions in a
  /// virtual machine that has handed the free pages on to its host.
  private static let keptBytes = MachineMemory.limit / 8
  private static let idleBytes = Atomic<Int>(0)

  /// Nil where an observable has a dense part or an operation mixes more qubits than a tile holds.
  init?(
    _ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps, fromZero: Bool,
    wrt: Variables
  ) throws(TangentError) {
    let relabelled = RelabelledCircuit(circuit)
    labels = relabelled.labels
    let observables = observables.map { $0.pulledBack(through: relabelled.labels) }
    self.observables = observables.compactMap(TiledObservable.init)
    guard self.observables.count == observables.count,
      let plan = try TiledPlan(
        relabelled, observables, tileBits: caps.tileBits(register: circuit.qubitCount), fromZero: fromZero,
        wrt: wrt)
    else { return nil }
    self.plan = plan
    layout = WorkspaceLayout(stages: plan.stages, caps: caps)
  }

  /// As many threads as may hold tiles at the same time.
  var threadCount: Int { min(ThreadPool.current.threadCount, layout.mostWorkers) }

  /// How many threads share one state. Where whole states fit in the caches, or nearly, threads take states of their
  /// own instead.
  func threadsPerState(units: Int) -> Int {
    let threads = threadCount
    let isSmall = plan.isWholeStateInEveryTile || (plan.qubitCount <= 18 && units >= threads)
    return isSmall ? 1 : threads
  }

  func takeWorkspaces(_ count: Int, threadsPerState: Int) -> [TiledWorkspace] {
    var result: [TiledWorkspace] = []
    idle.withLock { kept in
      while result.count < count, let place = kept.firstIndex(where: { $0.tiles.count == threadsPerState }) {
        result.append(kept.remove(at: place))
        TiledEngine.idleBytes.subtract(result[result.count - 1].bytes, ordering: .relaxed)
      }
    }
    while result.count < count {
      result.append(TiledWorkspace(plan, layout, workers: threadsPerState))
    }
    for workspace in result { workspace.preparedSet = nil }
    return result
  }

  func give(back workspaces: [TiledWorkspace]) {
    for workspace in workspaces {
      let idle = TiledEngine.idleBytes.add(workspace.bytes, ordering: .relaxed).newValue
      if idle <= TiledEngine.keptBytes {
        self.idle.withLock { $0.append(workspace) }
      } else {
        TiledEngine.idleBytes.subtract(workspace.bytes, ordering: .relaxed)
      }
    }
  }

  deinit {
    let bytes = idle.withLock { $0.reduce(0) { $0 + $1.bytes } }
    TiledEngine.idleBytes.subtract(bytes, ordering: .relaxed)
  }

  /// Bytes of the workspaces of a call with so many pairs of parameter set and sample.
  func workspaceBytes(units: Int, states: Int) -> Int {
    let perState = threadsPerState(units: units)
    let workers = perState == 1 ? min(threadCount, max(units, 1)) : 1
    return workers * (32 * states * plan.stateCount + perState * layout.bytes)
  }
}
