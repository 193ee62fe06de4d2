/// A = L L^T of a symmetric positive matrix.
public struct Cholesky: Sendable {
  public let dimension: Int
  /// Row-major; what is above the diagonal is not used.
  private var lower: [Double]

  /// - Parameter matrix: (n, n) row-major; only the lower triangle is read.
  /// - Returns: nil unless every pivot is positive.
  public init?(_ matrix: [Double], dimension n: Int) {
    precondition(matrix.count == n * n)
    dimension = n
    lower = matrix
    let isPositive = lower.withUnsafeMutableBufferPointer { buffer -> Bool in
      guard let a = buffer.baseAddress else { return true }
      for i in 0..<n {
        let row = a + i * n
        for j in 0..<i {
          let other = a + j * n
          row[j] = (row[j] - dotProduct(row, other, j)) / other[j]
        }
        let pivot = row[i] - dotProduct(row, row, i)
        guard pivot > 0 else { return false }
        row[i] = pivot.squareRoot()
      }
      return true
    }
    guard isPositive else { return nil }
  }

  /// x with A x = b.
  public func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == dimension)
    var x = b
    let n = dimension
    x.withUnsafeMutableBufferPointer { x in
      lower.withUnsafeBufferPointer { lower in
        guard let x = x.baseAddress, let a = lower.baseAddress else { return }
        for i in 0..<n { x[i] = (x[i] - dotProduct(a + i * n, x, i)) / a[i * n + i] }
        for i in (0..<n).reversed() {
          x[i] /= a[i * n + i]
          for j in 0..<i { x[j] -= a[i * n + j] * x[i] }
        }
      }
    }
    return x
  }
}
