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

  /// Workspaces of more bytes are not kept.
  private static let keptBytes = 256 << 20

  /// Nil where an observable has a dense part or an operation mixes more qubits than a tile holds.
  init?(
    _ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    let relabelled = RelabelledCircuit(circuit)
    labels = relabelled.labels
    self.observables = observables.compactMap { TiledObservable($0.pulledBack(through: relabelled.labels)) }
    guard self.observables.count == observables.count,
      let plan = try TiledPlan(relabelled, tileBits: caps.tileBits(register: circuit.qubitCount))
    else { return nil }
    self.plan = plan
    layout = WorkspaceLayout(stages: plan.stages, caps: caps)
  }

  /// As many threads as may hold tiles at the same time.
  var threadCount: Int { min(ThreadPool.shared.threadCount, layout.mostWorkers) }

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
      }
    }
    while result.count < count {
      result.append(TiledWorkspace(plan, layout, workers: threadsPerState))
    }
    for workspace in result { workspace.preparedSet = nil }
    return result
  }

  func give(back workspaces: [TiledWorkspace]) {
    let bytes = workspaces.reduce(0) { $0 + $1.bytes }
    if bytes <= TiledEngine.keptBytes { idle.withLock { $0.append(contentsOf: workspaces) } }
  }

  /// Bytes of the workspaces of a call with so many pairs of parameter set and sample.
  func workspaceBytes(units: Int, states: Int) -> Int {
    let perState = threadsPerState(units: units)
    let workers = perState == 1 ? min(threadCount, max(units, 1)) : 1
    return workers * (32 * states * plan.stateCount + perState * layout.bytes)
  }
}
