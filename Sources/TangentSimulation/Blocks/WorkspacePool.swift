import Synchronization
import TangentNumerics

/// What one worker needs for its part of a call, and may keep for the next.
protocol PooledWorkspace: Sendable {
  var bytes: Int { get }
  /// Forgets what the last call has prepared.
  func clear()
}

/// Workspaces of one engine that no call uses.
final class WorkspacePool<Kept: PooledWorkspace>: Sendable {
  /// Those of a call stay together.
  private let idle = Mutex<[[Kept]]>([])

  /// Calls `body(workspace, tasks)` once for every worker that takes part, as `ThreadPool.share` does.
  ///
  /// Workspaces that fit are taken from those of earlier calls, as long as there are any.
  func share(
    tasks: Int, among workers: Int, of threads: ThreadPool = .current,
    where fits: (Kept) -> Bool = { _ in true },
    make: () -> Kept, body: (Kept, ThreadPool.Tasks) -> Void
  ) {
    var crew = idle.withLock { kept in
      kept.lastIndex { fits($0[0]) }.map { kept.remove(at: $0) } ?? []
    }
    IdleMemory.bytes.subtract(crew.bytes, ordering: .relaxed)
    while crew.count < workers { crew.append(make()) }
    for workspace in crew { workspace.clear() }
    threads.share(tasks: tasks, among: workers) { worker, tasks in body(crew[worker], tasks) }
    let bytes = crew.bytes
    guard IdleMemory.bytes.add(bytes, ordering: .relaxed).newValue <= IdleMemory.limit else {
      IdleMemory.bytes.subtract(bytes, ordering: .relaxed)
      return
    }
    idle.withLock { $0.append(crew) }
  }

  deinit {
    let bytes = idle.withLock { $0.reduce(0) { $0 + $1.bytes } }
    IdleMemory.bytes.subtract(bytes, ordering: .relaxed)
  }
}

/// What the idle workspaces of all models take together: an eighth of what a call may at most. Memory that has gone back
/// to the system is dear to get again: a state of 24 qubits costs an eighth of a prediction, and two predictions in a
/// virtual machine that has handed the free pages on to its host.
enum IdleMemory {
  static let limit = MachineMemory.limit / 8
  static let bytes = Atomic<Int>(0)
}

extension Array where Element: PooledWorkspace {
  fileprivate var bytes: Int { reduce(0) { $0 + $1.bytes } }
}
