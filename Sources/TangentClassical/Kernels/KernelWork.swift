import TangentNumerics

/// Rows that go through one unit of columns together: an sixteen, or a single column.
struct KernelTask: Sendable, Equatable {
  let unit: Int
  let rows: Range<Int>

  /// All rows of all units, in their order.
  /// - Parameter rowCounts: how many rows each unit meets, from the first on.
  static func covering(rowCounts: [Int], rowsEach: Int) -> [KernelTask] {
    rowCounts.enumerated().flatMap { unit, count in
      stride(from: 0, to: count, by: rowsEach).map {
        KernelTask(unit: unit, rows: $0..<min($0 + rowsEach, count))
      }
    }
  }
}

/// Which tasks of a kernel to do, and whether to stop.
struct KernelWork: Sendable {
  let part: Int
  let parts: Int
  let cancel: CancelToken?

  /// Long sequences take seconds a pair: those ask within it, and leave the rest out.
  var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  /// Shares this part's tasks among threads; `body` gets its worker's scratch memory, made once a worker.
  func share(
    _ all: [KernelTask], nanosecondsEach: Int, scratchSixteens: Int,
    _ body: (KernelTask, _ scratch: UnsafeMutablePointer<Sixteen>) -> Void
  ) {
    let tasks = all[(all.count * part / parts)..<(all.count * (part + 1) / parts)]
    let nanoseconds = Double(tasks.count) * Double(nanosecondsEach)
    let workers = ThreadPool.current.workers(tasks: tasks.count, nanoseconds: Int(min(nanoseconds, 0x1p62)))
    ThreadPool.current.share(tasks: tasks.count, among: workers) { _, numbers in
      withUnsafeTemporaryAllocation(of: Sixteen.self, capacity: scratchSixteens) { scratch in
        for number in numbers {
          if isCancelled { return }
          body(tasks[tasks.startIndex + number], scratch.baseAddress!)
        }
      }
    }
  }
}
