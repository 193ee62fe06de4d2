/// A density matrix as weighted eigenvectors, rho = sum_a w_a |a><a|, by increasing weight. Weights that are rounding noise
/// of zero, or negative within what the caller admits, are left out.
public struct WeightedEigenvectors: Sendable {
  /// Of the trace, which is 1. The eigenvalues of a pure state's matrix are zero to within a few times 1e-16.
  public static let leastWeight = 1e-15

  public let weights: [Double]
  /// An eigenvector a row.
  public let vectors: ComplexMatrix
  /// The smallest eigenvalue, also where it is left out.
  public let smallest: Double

  /// - Throws: `numerical` if the eigenvalues do not converge; `cancelled`.
  public init(_ rho: ComplexMatrix, cancel: CancelToken? = nil) throws(TangentError) {
    let eigen = try HermitianEigen(rho, cancel: cancel)
    let d = rho.rows
    let first = eigen.values.firstIndex { $0 > WeightedEigenvectors.leastWeight } ?? d
    let rows = eigen.vectors.transpose
    weights = Array(eigen.values[first...])
    vectors = ComplexMatrix(
      rows: d - first, columns: d, re: Array(rows.re[(first * d)...]), im: Array(rows.im[(first * d)...]))
    smallest = eigen.values[0]
  }
}
