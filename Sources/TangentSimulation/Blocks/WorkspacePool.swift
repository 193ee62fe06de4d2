import Synchronization

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
