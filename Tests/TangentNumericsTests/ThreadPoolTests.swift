import Glibc
import Synchronization
import TangentNumerics
import Testing

@Suite("Thread pool", .serialized) struct ThreadPoolTests {
  /// Processor the calling thread runs on, and the mask of those it may use, as the kernel tells them.
  private func place() -> (processor: Int, allowed: String) {
    let status = read("/proc/thread-self/status").split(separator: "\n")
    let allowed = status.first { $0.hasPrefix("Cpus_allowed:") }
    // Fields count from the command name in parentheses, which is the second; the processor is the 39th.
    let fields = read("/proc/thread-self/stat").split(separator: ")").last!.split(separator: " ")
    return (Int(fields[36])!, String(allowed!))
  }

  private func read(_ path: String) -> String {
    let file = fopen(path, "r")!
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
  }

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

  @Test("Small work is shared from the second of close calls on, tiny work never")
  func sharesSmallWork() {
    let pool = ThreadPool.shared
    let most = min(pool.threadCount, 4)
    #expect(pool.workers(tasks: 4, nanoseconds: 1_000_000) == most)
    usleep(2000)
    #expect(pool.workers(tasks: 4, nanoseconds: 10_000) == 1)
    // The test itself may be interrupted between two calls.
    #expect((0..<50).contains { _ in pool.workers(tasks: 4, nanoseconds: 10_000) == most })
    #expect(pool.workers(tasks: 4, nanoseconds: 100) == 1)
    #expect(pool.workers(tasks: 1, nanoseconds: 1_000_000) == 1)
  }

  @Test("A worker who slept runs beside the caller, and may use all processors again")
  func wakesElsewhere() throws {
    let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    guard processors > 1 else { return }
    let allowed = place().allowed
    var apart = 0
    let rounds = 20
    for _ in 0..<rounds {
      usleep(5000)
      let places = Mutex<[Int: Int]>([:])
      ThreadPool.shared.run(tasks: 2, workers: 2) { task, worker in
        let here = place()
        #expect(here.allowed == allowed)
        places.withLock { $0[worker] = here.processor }
        // Whoever comes first waits for the other, for a tenth of a second at most.
        for _ in 0..<100 where places.withLock({ $0.count }) < 2 { usleep(1000) }
      }
      let (mine, other) = places.withLock { ($0[0], $0[1]) }
      if let mine, let other, mine != other { apart += 1 }
    }
    // Linux may move the caller in between. Without care for it about half of the rounds met on one processor.
    #expect(apart >= rounds - 4, "\(apart) of \(rounds) rounds on two processors")
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
