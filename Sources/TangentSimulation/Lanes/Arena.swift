import Synchronization

/// Owns the plain arrays that a plan points to. Passes hold raw pointers into it, so that the sweeps touch no
/// reference counts: shared Swift arrays in the inner loops stop threads from scaling. Several threads may add to it.
final class Arena: @unchecked Sendable {
  let precision: Precision
  private let allocations = Mutex<[Allocation]>([])

  private struct Allocation: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
  }

  init(_ precision: Precision = .double) { self.precision = precision }

  func copy<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T> {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(values.count, 1) * MemoryLayout<T>.stride, alignment: 64)
    let allocation = Allocation(start: raw)
    allocations.withLock { $0.append(allocation) }
    let pointer = raw.bindMemory(to: T.self, capacity: max(values.count, 1))
    pointer.initialize(from: values, count: values.count)
    return UnsafePointer(pointer)
  }

  func constants(_ values: [Double]) -> Constants {
    Constants(double: copy(values), single: precision == .single ? copy(values.map { Float($0) }) : nil)
  }

  deinit { allocations.withLock { for allocation in $0 { allocation.start.deallocate() } } }
}

/// Numbers of a plan that passes read in the precision of their lanes. Single ones are there if the model asks for them;
/// double ones always, since some tasks use no others.
struct Constants: BitwiseCopyable {
  let double: UnsafePointer<Double>
  let single: UnsafePointer<Float>?

  @inline(__always)
  func entries<L: LaneVector>() -> UnsafePointer<Uniform<L>> {
    UnsafeRawPointer(L.Scalar.entries(of: self)).assumingMemoryBound(to: Uniform<L>.self)
  }
}
