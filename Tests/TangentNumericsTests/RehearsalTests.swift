import Testing

@testable import TangentNumerics

@Suite("Rehearsal", .serialized) struct RehearsalTests {
  /// Milliseconds of the processor.
  private func spin(_ milliseconds: Int) {
    let end = processorNanoseconds() + milliseconds * 1_000_000
    while processorNanoseconds() < end {}
  }

  private func expect(_ nanoseconds: Int, milliseconds: Int) {
    #expect(nanoseconds >= milliseconds * 1_000_000)
    #expect(nanoseconds < milliseconds * 1_200_000)
  }

  @Test("Each task goes to the worker who is free first, and the last to end is the chain")
  func chain() throws {
    let pool = ThreadPool(sharingAllAmong: 4)
    var workers: [Int] = []
    Rehearsal.begin()
    spin(3)
    pool.run(tasks: 6, workers: 4) { task, worker in
      workers.append(worker)
      spin(task == 0 ? 9 : task == 3 ? 5 : 3)
    }
    let found = try #require(Rehearsal.end())
    #expect(Set(workers[..<4]) == [0, 1, 2, 3])
    #expect(Set(workers[4...]) == Set(workers[1...2]))
    #expect(found.units == 6)
    expect(found.work, milliseconds: 26)
    expect(found.chain, milliseconds: 9)
    #expect(pool.helpCount == 0)
  }

  @Test("What tasks share themselves counts in their place")
  func callsWithinTasks() throws {
    let pool = ThreadPool(sharingAllAmong: 8)
    Rehearsal.begin()
    for _ in 0..<2 {
      pool.run(tasks: 2, workers: 2) { _, _ in
        spin(2)
        ThreadPool.current.run(tasks: 4, workers: 4) { _, _ in spin(1) }
      }
    }
    let found = try #require(Rehearsal.end())
    #expect(found.units == 16)
    expect(found.work, milliseconds: 24)
    expect(found.chain, milliseconds: 6)
  }

  @Test("It ends with its end, and begins anew")
  func ends() throws {
    let pool = ThreadPool(sharingAllAmong: 2)
    #expect(Rehearsal.end() == nil)
    Rehearsal.begin()
    pool.run(tasks: 2, workers: 2) { _, _ in spin(1) }
    Rehearsal.begin()
    #expect(try #require(Rehearsal.end()).units == 0)
    pool.run(tasks: 2, workers: 2) { _, _ in spin(1) }
    #expect(pool.helpCount > 0)
    #expect(Rehearsal.end() == nil)
  }
}
