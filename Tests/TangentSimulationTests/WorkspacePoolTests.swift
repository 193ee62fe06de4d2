import Synchronization
import TangentNumerics
import Testing

@testable import TangentSimulation

/// What calls leave for each other: the same workspaces if they fit, and no more memory than is allowed.
@Suite(.serialized) struct WorkspacePoolTests {
  private final class Room: PooledWorkspace {
    let bytes: Int
    private let clearings = Atomic<Int>(0)

    init(bytes: Int) { self.bytes = bytes }

    var clearCount: Int { clearings.load(ordering: .relaxed) }
    func clear() { clearings.add(1, ordering: .relaxed) }
  }

  /// The room that a call of one worker is given.
  private func call(_ pool: WorkspacePool<Room>, bytes: Int) -> Room? {
    var room: Room?
    pool.share(
      tasks: 1, among: 1, where: { $0.bytes == bytes }, make: { Room(bytes: bytes) },
      body: { given, _ in room = given })
    return room
  }

  @Test func callsTakeWhatFits() throws {
    let pool = WorkspacePool<Room>()
    let first = try #require(call(pool, bytes: 100))
    let other = try #require(call(pool, bytes: 200))
    #expect(first.clearCount == 1)
    #expect(call(pool, bytes: 100) === first)
    #expect(call(pool, bytes: 200) === other)
    #expect(first.clearCount == 2, "a call has found what the one before had prepared")
  }

  @Test func callsAtTheSameTimeHaveTheirOwn() throws {
    let pool = WorkspacePool<Room>()
    let first = try #require(call(pool, bytes: 100))
    var inner: Room?
    pool.share(tasks: 1, among: 1, make: { Room(bytes: 100) }) { outer, _ in
      #expect(outer === first)
      inner = call(pool, bytes: 100)
    }
    #expect(inner != nil && inner !== first)
  }

  @Test func poolsTogetherKeepNoMoreThanTheLimit() throws {
    let most = IdleMemory.limit * 6 / 10
    let second = WorkspacePool<Room>()
    var pools = [WorkspacePool<Room>()]
    let kept = try #require(call(pools[0], bytes: most))
    #expect(call(pools[0], bytes: most) === kept)
    let lost = try #require(call(second, bytes: most))
    let next = try #require(call(second, bytes: most))
    #expect(next !== lost, "two pools keep more than all may")
    pools = []
    let late = try #require(call(second, bytes: most))
    #expect(call(second, bytes: most) === late, "a pool that is gone still counts")
  }
}
