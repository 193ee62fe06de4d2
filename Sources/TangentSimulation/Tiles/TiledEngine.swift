import TangentCircuits
import TangentNumerics

/// The tiled plan and observables of states that are simulated one at a time, with the workspaces kept between calls.
final class TiledEngine: Sendable {
  let plan: TiledPlan
  /// As in `Engine`.
  let labels: IndexMap
  let observables: [TiledObservable]
  let workspaces = WorkspacePool<TiledWorkspace>()
  private let layout: WorkspaceLayout

  /// Nil where an observable has a dense part or an operation mixes more qubits than a tile holds.
  init?(
    _ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps, fromZero: Bool,
    wrt: Variables, cancel: CancelToken?
  ) throws(TangentError) {
    let relabelled = RelabelledCircuit(circuit)
    labels = relabelled.labels
    let observables = observables.map { $0.pulledBack(through: relabelled.labels) }
    self.observables = observables.compactMap(TiledObservable.init)
    guard self.observables.count == observables.count,
      let plan = try TiledPlan(
        relabelled, observables, tileBits: caps.tileBits(register: circuit.qubitCount), fromZero: fromZero,
        wrt: wrt, cancel: cancel)
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

  func workspace(threadsPerState: Int) -> TiledWorkspace {
    TiledWorkspace(plan, layout, workers: threadsPerState)
  }

  /// Bytes of the workspaces of a call with so many pairs of parameter set and sample.
  func workspaceBytes(units: Int, states: Int) -> Int {
    let perState = threadsPerState(units: units)
    let workers = perState == 1 ? min(threadCount, max(units, 1)) : 1
    return workers * (32 * states * plan.stateCount + perState * layout.bytes)
  }
}
