import CTangentThreads
import CTangentVector
import Glibc
import Synchronization

/// Runs the tasks 0..<n of a call on several threads.
///
/// Who runs which task is left to chance, so tasks must not depend on it: each writes to its own place, and sums over
/// tasks are taken in their order afterwards. The workers spin for a moment before they sleep, because the next call
/// of a training loop comes within microseconds and waking a sleeper costs fifty.
///
/// A process forked from one that used the pool has no workers: there every call runs on the calling thread.
public final class ThreadPool: @unchecked Sendable {
  public static let shared = ThreadPool(threads: nil)

  public static let maximumThreads = 256

  /// Nothing: it keeps what the workers poll out of the cache line of the reference count, which callers write.
  private let distance = InlineArray<16, UInt64>(repeating: 0)
  // The state of the current call: generation << 32 | open << 31 | workers inside.
  private let state = Atomic<UInt64>(0)
  private let nextTask = Atomic<Int>(0)
  private let busy = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let threads = Atomic<Int>(1)
  /// The calls with work that does not pay for waking.
  private let smallCalls = CallSequence()
  private var helpers: [WorkerIdentity] = []
  private var taskCount = 0
  private var body: ((_ worker: Int, _ tasks: Tasks) -> Void)?
  private let owner = getpid()

  private static let open: UInt64 = 1 << 31
  private static let insideMask: UInt64 = (1 << 31) - 1
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
    threads.store(min(max(wished ?? processors, 1), ThreadPool.maximumThreads), ordering: .relaxed)
  }

  /// How many threads a call may use, the calling one included; from QTANGENT_NUM_THREADS or the processors that the
  /// process may use.
  public var threadCount: Int { threads.load(ordering: .relaxed) }

  /// - Throws: unless 1 <= count <= `maximumThreads`.
  public func setThreadCount(_ count: Int) throws(TangentError) {
    guard count >= 1, count <= ThreadPool.maximumThreads else {
      throw .invalid("\(count) threads; between 1 and \(ThreadPool.maximumThreads) are possible")
    }
    threads.store(count, ordering: .relaxed)
  }

  /// In how many calls a thread beside the calling one took part, summed over those threads.
  package var helpCount: Int { helpers.reduce(0) { $0 + $1.calls.load(ordering: .relaxed) } }

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
  /// Runs on the calling thread alone when the pool is in use by another call, or after a fork.
  public func share(tasks: Int, among workers: Int, body: (_ worker: Int, _ tasks: Tasks) -> Void) {
    let count = min(workers, tasks)
    guard count > 1, getpid() == owner, !busy.exchange(true, ordering: .acquiring) else {
      return body(0, Tasks(pool: nil, count: tasks))
    }
    startWorkers(count - 1)
    withoutActuallyEscaping(body) { body in
      self.body = body
      taskCount = tasks
      limit = count
      nextTask.store(0, ordering: .relaxed)
      let help = sharesAll ? helpCount : 0
      let generation = (state.load(ordering: .relaxed) >> 32) &+ 1
      state.store(generation << 32 | ThreadPool.open, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        for helper in helpers.prefix(count - 1) { helper.place.unpark() }
      }
      if sharesAll { waitForHelp(after: help) }
      body(0, Tasks(pool: self, count: tasks))
      // Late workers find the call closed; those inside are waited for.
      state.bitwiseAnd(~ThreadPool.open, ordering: .acquiringAndReleasing)
      var polls = 0
      while state.load(ordering: .acquiring) & ThreadPool.insideMask != 0 {
        polls += 1
        if polls > ThreadPool.spins { sched_yield() } else { ctv_pause() }
      }
      self.body = nil
    }
    busy.store(false, ordering: .releasing)
  }

  private func waitForHelp(after before: Int) {
    while state.load(ordering: .acquiring) & ThreadPool.insideMask == 0 && helpCount == before {
      sched_yield()
    }
  }

  /// The tasks that one worker takes, each as it gets to it.
  public struct Tasks: Sequence, IteratorProtocol {
    /// Nil for a call on one thread. Unmanaged: workers would contend for its reference count at every task.
    fileprivate let pool: Unmanaged<ThreadPool>?
    fileprivate let count: Int
    private var following = 0

    fileprivate init(pool: ThreadPool?, count: Int) {
      self.pool = pool.map(Unmanaged.passUnretained)
      self.count = count
    }

    public mutating func next() -> Int? {
      let task: Int
      if let pool {
        task = pool._withUnsafeGuaranteedRef { $0.nextTask.add(1, ordering: .relaxed).oldValue }
      } else {
        task = following
        following += 1
      }
      return task < count ? task : nil
    }
  }

  /// Workers with a number of `limit` or more stay out of the current call.
  private var limit = 1

  private func startWorkers(_ wanted: Int) {
    while helpers.count < wanted {
      let identity = WorkerIdentity(pool: self, number: helpers.count + 1)
      let argument = Unmanaged.passRetained(identity).toOpaque()
      var thread = pthread_t()
      let failure = pthread_create(
        &thread, nil,
        { argument in
          let identity = Unmanaged<WorkerIdentity>.fromOpaque(argument!).takeRetainedValue()
          identity.pool.serve(as: identity)
        }, argument)
      if failure != 0 {
        Unmanaged<WorkerIdentity>.fromOpaque(argument).release()
        return
      }
      pthread_detach(thread)
      helpers.append(identity)
    }
  }

  private func serve(as worker: WorkerIdentity) -> Never {
    var seen: UInt64 = 0
    while true {
      var polls = 0
      while true {
        let current = state.load(ordering: .acquiring)
        if current & ThreadPool.open != 0, current >> 32 != seen {
          if enter(current) {
            seen = current >> 32
            if worker.number < limit {
              body!(worker.number, Tasks(pool: self, count: taskCount))
              worker.calls.add(1, ordering: .relaxed)
            }
            state.subtract(1, ordering: .releasing)
            polls = 0
          }
          continue
        }
        polls += 1
        if polls > ThreadPool.spins { break }
        ctv_pause()
      }
      sleepUntilNext(after: seen, in: worker.place)
    }
  }

  private func enter(_ current: UInt64) -> Bool {
    state.compareExchange(
      expected: current, desired: current &+ 1, ordering: .acquiringAndReleasing
    ).exchanged
  }

  private func sleepUntilNext(after seen: UInt64, in place: ParkingPlace) {
    sleepers.add(1, ordering: .sequentiallyConsistent)
    place.park {
      let current = state.load(ordering: .sequentiallyConsistent)
      return current & ThreadPool.open != 0 && current >> 32 != seen
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
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
