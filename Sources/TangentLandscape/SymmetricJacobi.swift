/// Eigenvalues and eigenvectors of small real symmetric matrices by Jacobi rotations, in memory that is used again.
///
/// Source: Golub, Van Loan, "Matrix computations", 4th edition, section 8.5.
struct SymmetricJacobi {
  let size: Int
  /// (size, size), destroyed; the eigenvalues end on its diagonal.
  var matrix: [Double]
  /// (size, size), an eigenvector a column.
  private(set) var vectors: [Double]

  init(size: Int) {
    self.size = size
    matrix = [Double](repeating: 0, count: size * size)
    vectors = matrix
  }

  private static let sweeps = 12

  func value(_ k: Int) -> Double { matrix[k * size + k] }

  mutating func diagonalise() {
    for k in vectors.indices { vectors[k] = k % (size + 1) == 0 ? 1 : 0 }
    for _ in 0..<SymmetricJacobi.sweeps {
      var (off, all) = (0.0, 0.0)
      for i in 0..<size {
        for j in 0..<size {
          let square = matrix[i * size + j] * matrix[i * size + j]
          all += square
          if i != j { off += square }
        }
      }
      if off <= 1e-30 * all { return }
      for p in 0..<size {
        for q in (p + 1)..<size where matrix[p * size + q] != 0 { rotate(p, q) }
      }
    }
  }

  private mutating func rotate(_ p: Int, _ q: Int) {
    let angle = (matrix[q * size + q] - matrix[p * size + p]) / (2 * matrix[p * size + q])
    let tangent = (angle < 0 ? -1 : 1) / (abs(angle) + (1 + angle * angle).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = tangent * cosine
    for k in 0..<size {
      let (a, b) = (matrix[k * size + p], matrix[k * size + q])
      (matrix[k * size + p], matrix[k * size + q]) = (cosine * a - sine * b, sine * a + cosine * b)
    }
    for k in 0..<size {
      let (a, b) = (matrix[p * size + k], matrix[q * size + k])
      (matrix[p * size + k], matrix[q * size + k]) = (cosine * a - sine * b, sine * a + cosine * b)
      let (u, v) = (vectors[k * size + p], vectors[k * size + q])
      (vectors[k * size + p], vectors[k * size + q]) = (cosine * u - sine * v, sine * u + cosine * v)
    }
  }
}
