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
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, _ caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    let circuit = RelabelledCircuit(circuit)
    plan = try Plan(circuit, precision)
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

/// Workspaces of one kind of lanes that no call uses.
final class WorkspacePool<L: LaneVector>: Sendable {
  /// Crews of workspaces.
  private let idle = Mutex<[[Workspace<L>]]>([])

  /// Workspaces of more bytes are not kept.
  private static var keptBytes: Int { 256 << 20 }

  private let layout: WorkspaceLayout
  private let layoutOfParameterLanes: WorkspaceLayout

  init(_ plan: Plan, _ observables: [ObservableKernel], _ caps: WorkspaceLayout.Caps) {
    layout = WorkspaceLayout(
      plan, observables: observables, laneCount: L.scalarCount, lanesHaveParameters: false, caps: caps)
    layoutOfParameterLanes = WorkspaceLayout(
      plan, observables: observables, laneCount: L.scalarCount, lanesHaveParameters: true, caps: caps)
  }

  func layout(lanesHaveParameters: Bool) -> WorkspaceLayout {
    lanesHaveParameters ? layoutOfParameterLanes : layout
  }

  /// Takes workspaces for at least `count` workers, kept ones first.
  func take(_ count: Int, lanesHaveParameters: Bool) -> [Workspace<L>] {
    var result = idle.withLock { kept in
      kept.lastIndex { $0[0].lanesHaveParameters == lanesHaveParameters }.map { kept.remove(at: $0) } ?? []
    }
    while result.count < count {
      result.append(Workspace(layout(lanesHaveParameters: lanesHaveParameters)))
    }
    for workspace in result {
      workspace.preparedSet = nil
      workspace.isReversible = false
    }
    return result
  }

  func give(back workspaces: [Workspace<L>]) {
    guard
      layout(lanesHaveParameters: workspaces[0].lanesHaveParameters).bytes <= WorkspacePool.keptBytes
    else { return }
    idle.withLock { $0.append(workspaces) }
  }
}
