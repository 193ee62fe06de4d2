import TangentCircuits
import TangentNumerics

/// The compiled plan and observables with the workspaces kept between calls.
///
/// Unchecked: the kernels point into the plan's arena, which nobody writes after the initialiser.
final class Engine: @unchecked Sendable {
  let plan: Plan
  /// What the plan leaves to be done: amplitude i of its final state belongs at labels.image(of: i).
  let labels: IndexMap
  let observables: [ObservableKernel]
  /// How many steps matter to predictions and their derivatives.
  let stepCount: Int
  let workspaces = WorkspacePool<Workspace<Lane>>()
  let wideWorkspaces = WorkspacePool<Workspace<WideLane>>()
  let singleWorkspaces = WorkspacePool<Workspace<SingleLane>>()
  private let layouts: [(alike: WorkspaceLayout, apart: WorkspaceLayout)]

  init(
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, _ caps: WorkspaceLayout.Caps,
    wrt: Variables = .parameters, cancel: CancelToken?
  ) throws(TangentError) {
    let circuit = RelabelledCircuit(circuit)
    plan = try Plan(circuit, precision, wrt: wrt, cancel: cancel)
    labels = circuit.labels
    var kernels: [ObservableKernel] = []
    for observable in observables {
      kernels.append(try ObservableKernel(observable.pulledBack(through: labels), arena: plan.arena))
    }
    self.observables = kernels
    stepCount = kernels.allSatisfy(\.isDiagonal) ? plan.stepCountBeforeDiagonal : plan.stepCount
    let (plan, scratch) = (plan, kernels.map(\.scratch).max() ?? 0)
    func layout(_ lanes: LaneShape, _ lanesHaveParameters: Bool) -> WorkspaceLayout {
      WorkspaceLayout(
        plan, outputs: kernels.count, scratch: max(plan.denseScratch, scratch), lanes: lanes,
        lanesHaveParameters: lanesHaveParameters, caps)
    }
    let shapes = [LaneShape(Lane.self), LaneShape(WideLane.self), LaneShape(SingleLane.self)]
    layouts = shapes.map { (layout($0, false), layout($0, true)) }
  }

  /// What a worker's lanes of one kind need, with parameters of their own or all with the same.
  func layout<L: LaneVector>(_: L.Type, lanesHaveParameters: Bool) -> WorkspaceLayout {
    let both = layouts.first { $0.alike.lanes == LaneShape(L.self) }!
    return lanesHaveParameters ? both.apart : both.alike
  }
}
