import CTangentThreads
import CTangentVector
import Synchronization

/// Runs the tasks 0..<n of a call on several threads.
///
/// Who runs which task is left to chance, so tasks must not depend on it: each writes to its own place, and sums over
/// tasks are taken in their order afterwards. The workers spin for a moment before they sleep, because the next call
/// of a training loop comes within microseconds and waking a sleeper costs fifty.
///
/// Several calls share the workers: those of different threads, and those that tasks make. Together with the threads that
/// call, no more workers take part than there are threads to a call.
///
/// A process forked from one that used the pool has no workers: there every call runs on the calling thread.
public final class ThreadPool: @unchecked Sendable {
  public static let shared = ThreadPool(threads: nil)

  public static let maximumThreads = 256

  /// So many calls are shared at a time; further ones run on their own threads alone.
  private static let mostCalls = 16

  private let distance = InlineArray<16, UInt64>(repeating: 0)
  /// Calls that helpers may look for: what they poll, in a cache line that nothing else is written to.
  private let openCalls = Atomic<Int>(0)
  private let secondDistance = InlineArray<16, UInt64>(repeating: 0)
  /// Threads from outside of the pool that are in a call.
  private let callers = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let threads = Atomic<Int>(1)
  /// The calls with work that does not pay for waking.
  private let smallCalls = CallSequence()
  /// Unmanaged: helpers look through them all the time, and would contend for reference counts.
  private let calls = (0..<ThreadPool.mostCalls).map { _ in Unmanaged.passRetained(SharedCall()) }
  private let helpers = Mutex<[WorkerIdentity]>([])
  /// How many there are, for calls that need no more.
  private let helperCount = Atomic<Int>(0)
  private let owner = getpid()

  /// About 50 microseconds of polling.
  private static let spins = 2000
  /// Nanoseconds of work that pay for waking a second thread.
  private static let wakingWork = 20_000
  /// Nanoseconds of work that pay for a second thread that is awake; passing work on and back takes 1500.
  private static let sharedWork = 5_000

  /// Whether all work is shared, however small, and a call begins when a helper has come: so that a test of threads is one.
  private let sharesAll: Bool

  /// A pool for tests, which shares all work; with its threads it lives as long as the process.
  package convenience init(sharingAllAmong count: Int) { self.init(threads: count) }

  /// - Parameter count: nil for what the environment and the processors say.
  private init(threads count: Int?) {
    sharesAll = count != nil
    let wished = count ?? getenv("QTANGENT_NUM_THREADS").flatMap { Int(String(cString: $0)) }
    // A process may be confined to fewer processors than there are: more threads would only wait for each other.
    let allowed = Int(ctt_processor_count())
    let processors = allowed > 0 ? allowed : Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let found = wished ?? ThreadPool.threads(for: processors, within: .current)
    threads.store(min(max(found, 1), ThreadPool.maximumThreads), ordering: .relaxed)
  }

  // Of a pool that has never started a thread: threads hold theirs.
  deinit { for call in calls { call.release() } }

  /// As many as there are processors, or as a container has time of: more would be halted until the next period.
  static func threads(for processors: Int, within quota: ContainerQuota) -> Int {
    min(processors, quota.processors ?? processors)
  }

  /// How many threads a call may use, the calling one included; from QTANGENT_NUM_THREADS or the processors that the
  /// process may use, by its container's quota too.
  public var threadCount: Int { threads.load(ordering: .relaxed) }

  /// - Throws: unless 1 <= count <= `maximumThreads`.
  public func setThreadCount(_ count: Int) throws(TangentError) {
    guard count >= 1, count <= ThreadPool.maximumThreads else {
      throw .invalid("\(count) threads; between 1 and \(ThreadPool.maximumThreads) are possible")
    }
    threads.store(count, ordering: .relaxed)
  }

  /// In how many calls a thread beside the calling one took part, summed over those threads.
  package var helpCount: Int {
    helpers.withLock { $0.reduce(0) { $0 + $1.calls.load(ordering: .relaxed) } }
  }

  /// With how many workers to run so many tasks that take `nanoseconds` together, the calling thread included: one
  /// where sharing would cost more than it brings. Work that does not pay for waking others is shared from its second
  /// call on where calls follow each other closely, as the steps of a training do.
  public func workers(tasks: Int, nanoseconds: Int) -> Int {
    let most = min(threadCount, max(tasks, 1))
    guard most > 1 else { return 1 }
    if sharesAll { return most }
    return ThreadPool.isWorthSharing(
      nanoseconds: nanoseconds, isCloseCall: smallCalls.isClose(at: monotonicNanoseconds())) ? most : 1
  }

  static func isWorthSharing(nanoseconds: Int, isCloseCall: @autoclosure () -> Bool) -> Bool {
    nanoseconds >= wakingWork || nanoseconds >= sharedWork && isCloseCall()
  }

  /// Calls `body(task, worker)` once for every task; `worker` < `workers` tells tasks that run at the same time apart.
  /// Runs on the calling thread alone when `parallel` is false, and where `share` does.
  public func run(tasks: Int, workers: Int, parallel: Bool = true, body: (_ task: Int, _ worker: Int) -> Void)
  {
    share(tasks: tasks, among: parallel ? workers : 1) { worker, tasks in
      for task in tasks { body(task, worker) }
    }
  }

  /// Calls `body(worker, tasks)` once for every worker that takes part; together they take the tasks 0..<n, and
  /// `worker` < `workers` tells those apart that run at the same time.
  /// Runs on the calling thread alone where other calls have all threads, or after a fork.
  public func share(tasks: Int, among workers: Int, body: (_ worker: Int, _ tasks: Tasks) -> Void) {
    let isOutermost = ThreadPool.enter(self)
    if isOutermost { callers.add(1, ordering: .relaxed) }
    defer {
      if isOutermost {
        callers.subtract(1, ordering: .relaxed)
        ThreadPool.leave()
      }
    }
    let count = min(workers, tasks)
    if count > 1, let rehearsal = Rehearsal.current {
      return rehearsal.share(tasks: tasks, among: count, body: body)
    }
    guard count > 1, getpid() == owner, mostHelpers > 0, let call = freeCall() else {
      return body(0, Tasks(0..<tasks))
    }
    startWorkers(count - 1)
    withoutActuallyEscaping(body) { body in
      openCalls.add(1, ordering: .relaxed)
      call.begin(tasks: tasks, helpers: count - 1, body)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wake(count - 1) }
      // A task's own call would wait for the very threads that wait in the tasks beside it.
      if sharesAll, isOutermost { while !call.hasHelp { sched_yield() } }
      body(0, Tasks(of: call, count: tasks))
      openCalls.subtract(1, ordering: .relaxed)
      call.end(spins: ThreadPool.spins)
    }
    call.leave()
  }

  /// The tasks that one worker takes, each as it gets to it.
  public struct Tasks: Sequence, IteratorProtocol {
    /// Nil for a call on one thread. Unmanaged: workers would contend for its reference count at every task.
    private let call: Unmanaged<SharedCall>?
    private let count: Int
    private var following = 0

    /// Those of a call that nobody has taken.
    init(of call: SharedCall, count: Int) {
      self.call = Unmanaged.passUnretained(call)
      self.count = count
    }

    /// These, for one worker alone.
    init(_ range: Range<Int>) {
      call = nil
      (following, count) = (range.lowerBound, range.upperBound)
    }

    public mutating func next() -> Int? {
      if let call { return call._withUnsafeGuaranteedRef { $0.take(of: count) } }
      defer { following += 1 }
      return following < count ? following : nil
    }
  }

  /// How many helpers may work beside the threads that call.
  private var mostHelpers: Int { threadCount - callers.load(ordering: .relaxed) }

  private func startWorkers(_ wanted: Int) {
    if helperCount.load(ordering: .acquiring) >= wanted { return }
    helpers.withLock { helpers in
      while helpers.count < wanted, AddressSpace.allowsThread {
        let identity = WorkerIdentity(pool: self, number: helpers.count + 1)
        let argument = Unmanaged.passRetained(identity).toOpaque()
        let started = ctt_start(
          { argument in
            let identity = Unmanaged<WorkerIdentity>.fromOpaque(argument!).takeRetainedValue()
            identity.pool.serve(as: identity)
          }, argument)
        if !started {
          Unmanaged<WorkerIdentity>.fromOpaque(argument).release()
          return
        }
        helpers.append(identity)
        helperCount.store(helpers.count, ordering: .releasing)
      }
    }
  }

  /// Wakes so many of those who sleep.
  private func wake(_ count: Int) {
    helpers.withLock { helpers in
      var left = count
      for helper in helpers where left > 0 && helper.place.unpark() { left -= 1 }
    }
  }

  private func serve(as worker: WorkerIdentity) -> Never {
    _ = ThreadPool.enter(self)
    var seen = [UInt64](repeating: 0, count: calls.count)
    while true {
      var polls = 0
      while polls <= ThreadPool.spins {
        if openCalls.load(ordering: .acquiring) > 0, help(as: worker, &seen) {
          polls = 0
        } else {
          polls += 1
          ctv_pause()
        }
      }
      sleepers.add(1, ordering: .sequentiallyConsistent)
      worker.place.park {
        worker.number <= mostHelpers && isWanted(seen)
      }
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
    }
  }

  /// Works on one call, if there is one.
  private func help(as worker: WorkerIdentity, _ seen: inout [UInt64]) -> Bool {
    guard worker.number <= mostHelpers else { return false }
    for k in calls.indices {
      if calls[k]._withUnsafeGuaranteedRef({ $0.help(seen: &seen[k]) }) {
        worker.calls.add(1, ordering: .relaxed)
        return true
      }
    }
    return false
  }

  private func isWanted(_ seen: [UInt64]) -> Bool {
    calls.indices.contains { k in calls[k]._withUnsafeGuaranteedRef { $0.isOpen(after: seen[k]) } }
  }

  private func freeCall() -> SharedCall? {
    calls.first { $0._withUnsafeGuaranteedRef { $0.take() } }?.takeUnretainedValue()
  }
}

/// Tells calls that follow each other closely from lone ones.
final class CallSequence: Sendable {
  /// Calls that begin so soon after each other, in nanoseconds, find the workers awake that the first of them woke.
  static let closeness: UInt64 = 60_000

  private let last = Atomic<UInt64>(0)

  /// Whether a call at this time comes closely after the one before.
  func isClose(at now: UInt64) -> Bool {
    now &- last.exchange(now, ordering: .relaxed) < CallSequence.closeness
  }
}

private final class WorkerIdentity: Sendable {
  let pool: ThreadPool
  let number: Int
  let place = ParkingPlace()
  /// Calls in which it took part.
  let calls = Atomic<Int>(0)

  init(pool: ThreadPool, number: Int) {
    self.pool = pool
    self.number = number
  }
}
