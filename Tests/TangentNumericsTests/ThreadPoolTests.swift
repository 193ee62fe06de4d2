import Glibc
import Synchronization
import Testing

@testable import TangentNumerics

@Suite("Thread pool", .serialized) struct ThreadPoolTests {
  @Test("Every task runs once, whoever is awake", arguments: [1, 2, 7, 64])
  func everyTaskOnce(tasks: Int) {
    for pause in [0, 0, 0, 1000, 0, 5000] {
      usleep(UInt32(pause))
      let runs = (0..<tasks).map { _ in Counter() }
      ThreadPool.shared.run(tasks: tasks, workers: 2) { task, worker in
        #expect(worker == 0 || worker == 1)
        runs[task].value.add(1, ordering: .relaxed)
      }
      #expect(runs.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    }
  }

  @Test("Tasks may make calls, which those share who have none")
  func callsWithinTasks() {
    let pool = ThreadPool(sharingAllAmong: 4)
    let runs = (0..<3 * 20).map { _ in Counter() }
    let workers = (0..<3).map { _ in Counter() }
    for _ in 0..<50 {
      pool.run(tasks: 3, workers: 3) { outer, _ in
        ThreadPool.current.run(tasks: 20, workers: 4) { inner, worker in
          runs[20 * outer + inner].value.add(1, ordering: .relaxed)
          workers[outer].value.max(worker, ordering: .relaxed)
        }
      }
    }
    #expect(runs.allSatisfy { $0.value.load(ordering: .relaxed) == 50 })
    #expect(workers.allSatisfy { $0.value.load(ordering: .relaxed) < 4 })
  }

  @Test("Calls from several threads share the helpers, and no two workers of a call have one number")
  func callsBesideEachOther() {
    let pool = ThreadPool(sharingAllAmong: 8)
    let box = Callers(pool)
    var threads: [pthread_t] = []
    for _ in 0..<4 {
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { argument in
          Unmanaged<Callers>.fromOpaque(argument!).takeUnretainedValue().call()
          return nil
        }, Unmanaged.passUnretained(box).toOpaque())
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
    #expect(box.tasks.value.load(ordering: .relaxed) == 4 * 200 * 10)
    #expect(box.clashes.value.load(ordering: .relaxed) == 0)
    #expect(pool.helpCount > 0)
  }

  private final class Callers: @unchecked Sendable {
    let pool: ThreadPool
    let (tasks, clashes) = (Counter(), Counter())

    init(_ pool: ThreadPool) { self.pool = pool }

    func call() {
      for _ in 0..<200 {
        let inUse = (0..<3).map { _ in Counter() }
        pool.run(tasks: 10, workers: 3) { _, worker in
          if inUse[worker].value.add(1, ordering: .relaxed).oldValue != 0 {
            clashes.value.add(1, ordering: .relaxed)
          }
          sched_yield()
          tasks.value.add(1, ordering: .relaxed)
          inUse[worker].value.subtract(1, ordering: .relaxed)
        }
      }
    }
  }

  @Test("Small work is shared from the second of close calls on, tiny work never")
  func sharesSmallWork() {
    func shares(_ nanoseconds: Int, close: Bool) -> Bool {
      ThreadPool.isWorthSharing(nanoseconds: nanoseconds, isCloseCall: close)
    }
    #expect(shares(1_000_000, close: false))
    #expect(!shares(10_000, close: false))
    #expect(shares(10_000, close: true))
    #expect(!shares(100, close: true))
    #expect(ThreadPool.shared.workers(tasks: 1, nanoseconds: 1_000_000) == 1)

    let calls = CallSequence()
    let begin = monotonicNanoseconds()
    #expect(!calls.isClose(at: begin))
    #expect(calls.isClose(at: begin + 10_000))
    #expect(calls.isClose(at: begin + 69_000))
    #expect(!calls.isClose(at: begin + 2_000_000))
    #expect(calls.isClose(at: begin + 2_010_000))
  }
}

@Suite("Parking place") struct ParkingPlaceTests {
  /// The processors that the calling thread may use, as the kernel lists them.
  private static func allowedProcessors() -> Set<Int> {
    let file = fopen("/proc/thread-self/status", "r")!
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }!
    let ranges = line.split(separator: "\t")[1].split(separator: ",").map {
      $0.split(separator: "-").map { Int($0)! }
    }
    return Set(ranges.flatMap { Array($0[0]...$0[$0.count - 1]) })
  }

  @Test("A sleeper is kept off its waker's processor while it wakes, and may use it afterwards")
  func wakesElsewhere() {
    let sleeper = Sleeper()
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(sleeper).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        let sleeper = Unmanaged<Sleeper>.fromOpaque(argument!).takeRetainedValue()
        sleeper.place.park {
          // The waker waits for the first question, and then for the mutex, which is free once the thread sleeps.
          guard sleeper.isParking.exchange(true, ordering: .acquiringAndReleasing) else { return false }
          sleeper.whileWaking.withLock { $0 = ParkingPlaceTests.allowedProcessors() }
          return true
        }
        sleeper.afterwards.withLock { $0 = ParkingPlaceTests.allowedProcessors() }
        return nil
      }, argument)
    while !sleeper.isParking.load(ordering: .acquiring) { sched_yield() }
    sleeper.place.unpark()
    pthread_join(thread, nil)
    let all = ParkingPlaceTests.allowedProcessors()
    let (waking, afterwards) = (sleeper.whileWaking.withLock { $0 }, sleeper.afterwards.withLock { $0 })
    #expect(waking.isSubset(of: all))
    #expect(waking.count == max(all.count - 1, 1))
    #expect(afterwards == all)
  }

  private final class Sleeper: Sendable {
    let place = ParkingPlace()
    let isParking = Atomic<Bool>(false)
    let whileWaking = Mutex<Set<Int>>([])
    let afterwards = Mutex<Set<Int>>([])
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
