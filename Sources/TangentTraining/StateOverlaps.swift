import TangentNumerics

/// The training states as far as their mutual distances matter.
enum StateOverlaps {
  /// Pure states as the columns of a matrix.
  case pure(ComplexMatrix)
  case mixed([ComplexMatrix])

  /// Eigenvalues of matrices beyond this size are not worth a warning.
  static let maximumDimension = 64

  /// Pure states, one a row of (m, d) planes, in a basis of their span.
  static func pure(rows: ComplexMatrix) -> StateOverlaps {
    var columns = rows.adjoint
    for k in columns.im.indices { columns.im[k].negate() }
    return .pure(columns.rows > columns.columns ? HouseholderQR(columns).r : columns)
  }

  /// Samples of which only is known whether they are equal: orthogonal states, one for each class.
  static func classes(_ classes: [Int]) -> StateOverlaps {
    var columns = ComplexMatrix(rows: (classes.max() ?? 0) + 1, columns: classes.count)
    for (j, c) in classes.enumerated() { columns[c, j] = (1, 0) }
    return .pure(columns)
  }

  var dimension: Int {
    switch self {
    case .pure(let columns): columns.rows
    case .mixed(let matrices): matrices.first?.rows ?? 0
    }
  }

  /// Whether bounds from so many pure states of dimension d take a second at most.
  static func isWorthwhile(samples m: Int, dimension d: Int) -> Bool {
    min(m, d) <= maximumDimension || m * m * min(m, d) <= maximumProducts
  }

  private static let maximumProducts = 100_000_000

  var pairsAreAffordable: Bool {
    switch self {
    case .pure(let columns):
      columns.columns * columns.columns * columns.rows <= StateOverlaps.maximumProducts
    case .mixed(let matrices):
      matrices.count * matrices.count * dimension * dimension * dimension <= 50_000_000
    }
  }

  /// ||rho_a - rho_b||_1 / 2.
  func traceDistance(_ a: Int, _ b: Int) throws(TangentError) -> Double {
    switch self {
    case .pure(let columns):
      var (re, im) = (0.0, 0.0)
      for k in 0..<columns.rows {
        let (u, v) = (columns[k, a], columns[k, b])
        re += u.re * v.re + u.im * v.im
        im += u.re * v.im - u.im * v.re
      }
      return max(0, 1 - re * re - im * im).squareRoot()
    case .mixed(let matrices):
      return try 0.5 * HermitianEigen(matrices[a] - matrices[b]).values.reduce(0) { $0 + abs($1) }
    }
  }

  /// sum_j w_j rho_j.
  func weightedSum(_ weights: [Double]) -> ComplexMatrix {
    switch self {
    case .pure(let columns):
      var weighted = columns
      for k in weighted.re.indices {
        weighted.re[k] *= weights[k % columns.columns]
        weighted.im[k] *= weights[k % columns.columns]
      }
      return weighted.multiplied(by: columns.adjoint)
    case .mixed(let matrices):
      var sum = ComplexMatrix(rows: dimension, columns: dimension)
      for (matrix, weight) in zip(matrices, weights) {
        for k in sum.re.indices {
          sum.re[k] += weight * matrix.re[k]
          sum.im[k] += weight * matrix.im[k]
        }
      }
      return sum
    }
  }

  /// tr(rho_j A) for a Hermitian A.
  func expectations(_ matrix: ComplexMatrix) -> [Double] {
    switch self {
    case .pure(let columns):
      let image = matrix.multiplied(by: columns)
      var result = [Double](repeating: 0, count: columns.columns)
      for k in image.re.indices {
        result[k % columns.columns] += image.re[k] * columns.re[k] + image.im[k] * columns.im[k]
      }
      return result
    case .mixed(let matrices):
      return matrices.map { state in
        state.re.indices.reduce(0) { $0 + state.re[$1] * matrix.re[$1] + state.im[$1] * matrix.im[$1] }
      }
    }
  }
}
