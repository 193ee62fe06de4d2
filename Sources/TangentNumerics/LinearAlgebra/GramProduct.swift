/// A B^T for two row-major matrices with rows of equal length; the sums run in a fixed order.
public struct GramProduct {
  let rows: Int
  let columns: Int
  let length: Int
  /// Whether both matrices are the same, so that one triangle is enough.
  let isSymmetric: Bool

  public init(rows: Int, columns: Int, length: Int, isSymmetric: Bool) {
    self.rows = rows
    self.columns = columns
    self.length = length
    self.isSymmetric = isSymmetric
  }

  /// Writes the product into `target`, whose rows begin `stride` numbers apart.
  /// - Throws: `cancelled`.
  public func add(
    _ left: [Double], from leftOffset: Int, _ right: [Double], from rightOffset: Int,
    to target: inout [Double],
    at offset: Int, stride: Int, cancel: CancelToken? = nil
  ) throws(TangentError) {
    guard length > 0 else { return }
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        target.withUnsafeMutableBufferPointer { target in
          let (a, b, c) = (
            left.baseAddress! + leftOffset, right.baseAddress! + rightOffset, target.baseAddress! + offset
          )
          let workers = ThreadPool.current.workers(tasks: rows, nanoseconds: rows * columns * length / 5)
          ThreadPool.current.run(tasks: rows, workers: workers) { i, _ in
            if let cancel, cancel.isCancelled { return }
            for j in (isSymmetric ? i : 0)..<columns {
              c[i * stride + j] = dotProduct(a + i * length, b + j * length, length)
            }
          }
          guard isSymmetric else { return }
          ThreadPool.current.run(tasks: rows, workers: workers) { i, _ in
            for j in 0..<i { c[i * stride + j] = c[j * stride + i] }
          }
        }
      }
    }
    try cancel?.check()
  }
}
