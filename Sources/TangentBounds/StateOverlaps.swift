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
      for row in 0..<columns.rows {
        for j in weights.indices {
          weighted.re[row * weights.count + j] *= weights[j]
          weighted.im[row * weights.count + j] *= weights[j]
        }
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

  /// tr(rho_j S), S the sign of a Hermitian matrix: its eigenvalues become -1 or 1.
  func expectations(ofSign eigen: HermitianEigen) -> [Double] {
    switch self {
    case .pure(let columns):
      let amplitudes = eigen.vectors.adjoint.multiplied(by: columns)
      var result = [Double](repeating: 0, count: columns.columns)
      for (row, value) in eigen.values.enumerated() {
        for j in result.indices {
          let k = row * result.count + j
          let square = amplitudes.re[k] * amplitudes.re[k] + amplitudes.im[k] * amplitudes.im[k]
          result[j] += value < 0 ? -square : square
        }
      }
      return result
    case .mixed(let matrices):
      let sign = eigen.sign
      return matrices.map { state in
        state.re.indices.reduce(0) { $0 + state.re[$1] * sign.re[$1] + state.im[$1] * sign.im[$1] }
      }
    }
  }

  /// Pure states without the directions that hardly any of them has a part in: similar samples span few. Also how far
  /// each state is moved, in trace norm: with psi = a + b, b what is left out,
  /// || psi psi^dagger - a a^dagger ||_1 <= 2 ||b|| + ||b||^2.
  func withoutFaintDirections() throws(TangentError) -> (states: StateOverlaps, moved: [Double]) {
    guard case .pure(let columns) = self else { return (self, []) }
    let eigen = try HermitianEigen(columns.multiplied(by: columns.adjoint))
    // All states together have a part of `value` in the eigenvector's direction.
    let faint = eigen.values.count { $0 < StateOverlaps.faint }
    guard faint > 0 else { return (self, []) }
    let turned = eigen.vectors.adjoint.multiplied(by: columns)
    let kept = faint * columns.columns..<turned.re.count
    let moved = (0..<columns.columns).map { j in
      var part = 0.0
      for row in 0..<faint {
        let amplitude = turned[row, j]
        part += amplitude.re * amplitude.re + amplitude.im * amplitude.im
      }
      return 2 * part.squareRoot() + part
    }
    return (
      .pure(
        ComplexMatrix(
          rows: columns.rows - faint, columns: columns.columns, re: Array(turned.re[kept]),
          im: Array(turned.im[kept]))), moved
    )
  }

  /// Far below what a thousandth of the bound is worth.
  private static let faint = 1e-10
}

extension HermitianEigen {
  fileprivate var sign: ComplexMatrix {
    var signed = vectors
    for k in signed.re.indices where values[k % vectors.columns] < 0 {
      signed.re[k].negate()
      signed.im[k].negate()
    }
    return signed.multiplied(by: vectors.adjoint)
  }
}
