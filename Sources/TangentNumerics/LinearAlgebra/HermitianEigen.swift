/// The eigenvalues, ascending, and eigenvectors of a Hermitian matrix: A = V diag(values) V^dagger.
///
/// Householder tridiagonalisation and implicit QL (Golub and Van Loan, "Matrix Computations", 8.3), with the
/// reflectors applied to the eigenvectors a few at a time.
public struct HermitianEigen: Sendable {
  public let values: [Double]
  /// (d, d), the eigenvectors as columns.
  public let vectors: ComplexMatrix

  /// Only the lower triangle and the real part of the diagonal are read.
  /// - Precondition: `matrix` is square.
  /// - Throws: `numerical` for a non-finite entry or if an eigenvalue does not converge; `cancelled`.
  public init(_ matrix: ComplexMatrix, cancel: CancelToken? = nil) throws(TangentError) {
    precondition(matrix.rows == matrix.columns)
    let d = matrix.rows
    guard matrix.isFinite else {
      throw TangentError(.numerical, "eigenvalues: the matrix has an entry that is not finite")
    }
    let largest = max(matrix.re.lazy.map(abs).max() ?? 0, matrix.im.lazy.map(abs).max() ?? 0)
    guard largest > 0 else {
      values = [Double](repeating: 0, count: d)
      vectors = .identity(d)
      return
    }
    let scale = max(largest.binade, .leastNormalMagnitude)
    var work = matrix.scaled(by: 1 / scale)
    for k in work.im.indices { work.im[k] = -work.im[k] }
    var form = Tridiagonal(reducingConjugate: &work, cancel)
    try cancel?.check()
    let rows = try form.diagonalise(cancel)
    let order = form.diagonal.indices.sorted { form.diagonal[$0] < form.diagonal[$1] }
    values = order.map { form.diagonal[$0] * scale }

    var basis = ComplexMatrix(rows: d, columns: d)
    for (row, source) in order.enumerated() {
      basis.re.replaceSubrange(row * d..<(row + 1) * d, with: rows[source * d..<(source + 1) * d])
    }
    form.applyReflectors(in: &work, to: &basis, cancel)
    try cancel?.check()
    vectors = basis.transpose
  }
}
