/// Owns the plain arrays that a plan points to. Passes hold raw pointers into it, so that the sweeps touch no
/// reference counts: shared Swift arrays in the inner loops stop threads from scaling.
final class Arena: @unchecked Sendable {
  private var allocations: [UnsafeMutableRawPointer] = []

  func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T> {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(values.count, 1) * MemoryLayout<T>.stride, alignment: 64)
    allocations.append(raw)
    let pointer = raw.bindMemory(to: T.self, capacity: max(values.count, 1))
    for (k, value) in values.enumerated() { pointer[k] = value }
    return UnsafePointer(pointer)
  }

  deinit { for raw in allocations { raw.deallocate() } }
}
