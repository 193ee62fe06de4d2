import Synchronization
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
  let workspaces: WorkspacePool<Lane>
  let singleWorkspaces: WorkspacePool<SingleLane>

  init(
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, _ caps: WorkspaceLayout.Caps,
    wrt: Variables = .parameters
  ) throws(TangentError) {
    let circuit = RelabelledCircuit(circuit)
    plan = try Plan(circuit, precision, wrt: wrt)
    labels = circuit.labels
    var kernels: [ObservableKernel] = []
    for observable in observables {
      kernels.append(try ObservableKernel(observable.pulledBack(through: labels), arena: plan.arena))
    }
    self.observables = kernels
    stepCount = kernels.allSatisfy(\.isDiagonal) ? plan.stepCountBeforeDiagonal : plan.stepCount
    workspaces = WorkspacePool(plan, kernels, caps)
    singleWorkspaces = WorkspacePool(plan, kernels, caps)
  }
}
