import CTangentVector
import Synchronization

/// The place of one call in a pool: its tasks, and who is inside. A pool has several, each used by one call after another.
final class SharedCall: @unchecked Sendable {
  /// Nothing: it keeps what helpers poll out of the cache line of the reference count, which callers write.
  private let distance = InlineArray<16, UInt64>(repeating: 0)
  /// generation << 32 | open << 31 | limit << 20 | entered << 10 | inside: who has come, and who of them is still here.
  private let state = Atomic<UInt64>(0)
  private let nextTask = Atomic<Int>(0)
  private let isTaken = Atomic<Bool>(false)
  private var taskCount = 0
  private var body: ((_ worker: Int, _ tasks: ThreadPool.Tasks) -> Void)?

  private static let open: UInt64 = 1 << 31
  private static let field: UInt64 = (1 << 10) - 1

  /// Whether the caller may have the place; `leave` gives it back.
  func take() -> Bool {
    !isTaken.load(ordering: .relaxed) && !isTaken.exchange(true, ordering: .acquiring)
  }

  func leave() { isTaken.store(false, ordering: .releasing) }

  /// Lets up to `helpers` threads in.
  func begin(
    tasks: Int, helpers: Int, _ body: @escaping (_ worker: Int, _ tasks: ThreadPool.Tasks) -> Void
  ) {
    self.body = body
    taskCount = tasks
    nextTask.store(0, ordering: .relaxed)
    let generation = (state.load(ordering: .relaxed) >> 32) &+ 1
    state.store(
      generation << 32 | SharedCall.open | UInt64(helpers) << 20, ordering: .sequentiallyConsistent)
  }

  /// Whether somebody has come to help.
  var hasHelp: Bool { state.load(ordering: .acquiring) >> 10 & SharedCall.field != 0 }

  /// Lets nobody in any more and waits for those inside.
  func end(spins: Int) {
    state.bitwiseAnd(~SharedCall.open, ordering: .acquiringAndReleasing)
    var polls = 0
    while state.load(ordering: .acquiring) & SharedCall.field != 0 {
      polls += 1
      if polls > spins { sched_yield() } else { ctv_pause() }
    }
    body = nil
  }

  /// The next task that nobody has taken, or nil.
  func take(of count: Int) -> Int? {
    let task = nextTask.add(1, ordering: .relaxed).oldValue
    return task < count ? task : nil
  }

  /// Whether a thread that has last been here in generation `seen` may come in.
  @inline(__always)
  func isOpen(after seen: UInt64) -> Bool {
    let current = state.load(ordering: .sequentiallyConsistent)
    return SharedCall.admits(current) && current >> 32 != seen
  }

  private static func admits(_ current: UInt64) -> Bool {
    current & open != 0 && current >> 10 & field < current >> 20 & field
  }

  /// Works on the call, if it lets one more in; `seen` is then its generation.
  func help(seen: inout UInt64) -> Bool {
    var current = state.load(ordering: .acquiring)
    while SharedCall.admits(current), current >> 32 != seen {
      let entered = current &+ (1 << 10 | 1)
      let result = state.compareExchange(
        expected: current, desired: entered, ordering: .acquiringAndReleasing)
      if result.exchanged {
        seen = current >> 32
        body!(Int(entered >> 10 & SharedCall.field), ThreadPool.Tasks(of: self, count: taskCount))
        state.subtract(1, ordering: .releasing)
        return true
      }
      current = result.original
    }
    return false
  }
}
