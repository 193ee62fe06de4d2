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
        relabelled, observables, tileBits: caps.tileBits(register: circuit.qubitCount),
        mostHistory: caps.historyOfUnit, fromZero: fromZero, wrt: wrt, cancel: cancel)
    else { return nil }
    self.plan = plan
    layout = WorkspaceLayout(stages: plan.stages, caps: caps)
  }

  /// As many threads as may hold tiles at the same time.
  var threadCount: Int { min(ThreadPool.current.threadCount, layout.mostWorkers) }

  /// How many states go through the circuit at the same time, and how many threads share one. Where whole states fit in
  /// the caches, or nearly, threads take states of their own as far as there are enough.
  func crew(units: Int) -> (states: Int, threadsPerState: Int) {
    let threads = threadCount
    if plan.isOneTile { return (min(threads, max(units, 1)), 1) }
    guard plan.qubitCount <= 18 else { return (1, threads) }
    let states = min(threads, max(units, 1))
    return (states, (threads + states - 1) / states)
  }

  func workspace(threadsPerState: Int) -> TiledWorkspace {
    TiledWorkspace(plan, layout, workers: threadsPerState)
  }

  /// Bytes of the workspaces of a call with so many pairs of parameter set and sample.
  func workspaceBytes(units: Int, states: Int) -> Int {
    let crew = crew(units: units)
    return crew.states * (32 * states * plan.stateCount + crew.threadsPerState * layout.bytes)
  }
}
