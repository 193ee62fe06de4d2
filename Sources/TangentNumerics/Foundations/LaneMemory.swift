/// Four doubles side by side: four samples, parameter sets or tangent vectors that go through the same gates, or four
/// amplitudes of one state.
public typealias Lane = SIMD4<Double>

/// A zeroed, 64-byte aligned block of lanes. Large blocks ask for huge pages, which saves a fifth of the time of
/// states far beyond the caches, and take them from the system as it gives them: zeroed, and not before they are used.
public final class LaneMemory: @unchecked Sendable {
  public let pointer: UnsafeMutablePointer<Lane>
  public let count: Int
  private let base: UnsafeMutableRawPointer

  public init(count: Int) {
    self.count = max(count, 1)
    let bytes = self.count * MemoryLayout<Lane>.stride
    let large = bytes >= 4 << 20
    let alignment = large ? 2 << 20 : 64
    base = calloc(1, bytes + alignment)
    let raw = base.alignedUp(toMultipleOf: alignment)
    #if os(Linux)
      if large { _ = madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    pointer = raw.bindMemory(to: Lane.self, capacity: self.count)
  }

  deinit { free(base) }
}
