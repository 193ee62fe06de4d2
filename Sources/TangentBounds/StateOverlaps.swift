import TangentNumerics

/// The training states as far as their mutual distances matter.
enum StateOverlaps {
  /// Pure states as the columns of a matrix.
  case pure(ComplexMatrix)
  case mixed([ComplexMatrix])

  /// Pure states, one a row of (m, d) planes, in a basis of their span.
  /// - Parameter cancel: once it is set the rest is left out, and the states mean nothing.
  static func pure(rows: ComplexMatrix, cancel: CancelToken? = nil) -> StateOverlaps {
    let columns = rows.transpose
    return .pure(
      columns.rows > columns.columns ? HouseholderQR.triangle(of: columns, cancel: cancel) : columns)
  }

  var sampleCount: Int {
    switch self {
    case .pure(let columns): columns.columns
    case .mixed(let matrices): matrices.count
    }
  }

  var dimension: Int {
    switch self {
    case .pure(let columns): columns.rows
    case .mixed(let matrices): matrices.first?.rows ?? 0
    }
  }

  /// ||rho_a - rho_b||_1 / 2 for a < b, row by row; nil where that would take more than about half a second.
  func traceDistances(cancel: CancelToken?) throws(TangentError) -> [Double]? {
    var result: [Double] = []
    switch self {
    case .pure(let columns):
      let m = columns.columns
      guard m * m <= StateOverlaps.mostProducts / max(columns.rows, 1) else { return nil }
      let overlaps = columns.adjoint.multiplied(by: columns, cancel: cancel)
      result.reserveCapacity(m * (m - 1) / 2)
      for a in 0..<m {
        try cancel?.check()
        for b in (a + 1)..<max(m, a + 1) {
          let (re, im) = overlaps[a, b]
          result.append(max(0, 1 - re * re - im * im).squareRoot())
        }
      }
    case .mixed(let matrices):
      let m = matrices.count
      guard m * m <= StateOverlaps.mostProducts / max(dimension * dimension * dimension, 1) else {
        return nil
      }
      for a in 0..<m {
        for b in (a + 1)..<max(m, a + 1) {
          result.append(
            try 0.5
              * HermitianEigen(matrices[a] - matrices[b], cancel: cancel).values.reduce(0) { $0 + abs($1) })
        }
      }
    }
    return result
  }

  private static let mostProducts = 400_000_000

  /// sum_j w_j rho_j.
  /// - Parameter cancel: once it is set the rest is left out, and the sum means nothing.
  func weightedSum(_ weights: [Double], cancel: CancelToken?) -> ComplexMatrix {
    switch self {
    case .pure(let columns):
      var weighted = columns
      for row in 0..<columns.rows {
        for j in weights.indices {
          weighted.re[row * weights.count + j] *= weights[j]
          weighted.im[row * weights.count + j] *= weights[j]
        }
      }
      return weighted.multiplied(by: columns.adjoint, cancel: cancel)
    case .mixed(let matrices):
      var sum = ComplexMatrix(rows: dimension, columns: dimension)
      for (matrix, weight) in zip(matrices, weights) {
        if let cancel, cancel.isCancelled { break }
        for k in sum.re.indices {
          sum.re[k] += weight * matrix.re[k]
          sum.im[k] += weight * matrix.im[k]
        }
      }
      return sum
    }
  }

  /// tr(rho_j M), M the matrix with these eigenvectors and the eigenvalues `levels`.
  /// - Throws: `cancelled`.
  func expectations(
    of levels: [Double], in eigenvectors: ComplexMatrix, cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    switch self {
    case .pure(let columns):
      let amplitudes = eigenvectors.adjoint.multiplied(by: columns, cancel: cancel)
      try cancel?.check()
      var result = [Double](repeating: 0, count: columns.columns)
      for (row, level) in levels.enumerated() {
        for j in result.indices {
          let k = row * result.count + j
          result[j] +=
            level * (amplitudes.re[k] * amplitudes.re[k] + amplitudes.im[k] * amplitudes.im[k])
        }
      }
      return result
    case .mixed(let matrices):
      var scaled = eigenvectors
      for k in scaled.re.indices {
        scaled.re[k] *= levels[k % levels.count]
        scaled.im[k] *= levels[k % levels.count]
      }
      let measured = scaled.multiplied(by: eigenvectors.adjoint, cancel: cancel)
      var result: [Double] = []
      for state in matrices {
        try cancel?.check()
        result.append(
          state.re.indices.reduce(0) {
            $0 + state.re[$1] * measured.re[$1] + state.im[$1] * measured.im[$1]
          })
      }
      return result
    }
  }

  /// Pure states without the directions that hardly any of them has a part in: similar samples span few. Also how far
  /// each state is moved, in trace norm: with psi = a + b, b what is left out,
  /// || psi psi^dagger - a a^dagger ||_1 <= 2 ||b|| + ||b||^2, and the dimension that all states span.
  /// - Throws: `numerical` where eigenvalues do not converge; `cancelled`.
  func withoutFaintDirections(
    _ cancel: CancelToken?
  ) throws(TangentError) -> (states: StateOverlaps, moved: [Double], rank: Int) {
    guard case .pure(let columns) = self else {
      let ones = [Double](repeating: 1, count: sampleCount)
      let sum = weightedSum(ones, cancel: cancel)
      return (self, [], StateOverlaps.rank(try HermitianEigen(sum, cancel: cancel).values))
    }
    let gram = columns.multiplied(by: columns.adjoint, cancel: cancel)
    let eigen = try HermitianEigen(gram, cancel: cancel)
    let rank = StateOverlaps.rank(eigen.values)
    // All states together have a part of `value` in the eigenvector's direction.
    let faint = eigen.values.count { $0 < StateOverlaps.faint }
    guard faint > 0 else { return (self, [], rank) }
    let turned = eigen.vectors.adjoint.multiplied(by: columns, cancel: cancel)
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
          im: Array(turned.im[kept]))), moved, rank
    )
  }

  /// The number of eigenvalues that are not 0 to rounding.
  private static func rank(_ eigenvalues: [Double]) -> Int {
    eigenvalues.count { $0 > 1e-12 * max(eigenvalues.last ?? 0, 1) }
  }

  /// Far below what a thousandth of the bound is worth.
  private static let faint = 1e-10
}
