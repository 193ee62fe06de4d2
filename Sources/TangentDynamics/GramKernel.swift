import TangentNumerics

/// The limit of the tangent kernel from the coordinates C of the samples' vectors:
///
///     K_ij = sum over columns a of i, b of j of w_a w_b 2 Re(G_ba (C^dagger Lambda^2 C)_ab - |S_ab|^2),
///
/// G = C^dagger C, S = C^dagger Lambda C. G is conserved, so the rows of the last eigenvalue are not needed.
struct GramKernel {
  private let columns: SampleColumns
  private let eigenvalues: [Double]
  private let rows: [Int]
  private let gram: ComplexMatrix
  private let cancel: CancelToken?

  /// - Parameter cancel: once it is set products are left out, and what follows from them means nothing.
  init(_ flow: ReducedFlow, _ cancel: CancelToken?) {
    self.cancel = cancel
    columns = flow.columns
    eigenvalues = flow.eigenvalues
    rows = flow.coordinates.map(\.rows)
    gram = flow.coordinates.reduce(ComplexMatrix(rows: columns.count, columns: columns.count)) {
      $0 + $1.adjoint.multiplied(by: $1, cancel: cancel)
    }
  }

  /// N_k = C^dagger Lambda^k C for k = 0 to `highest`, for the real and then the imaginary plane of C.
  func moments(_ state: [Double], upTo highest: Int) -> [ComplexMatrix] {
    let n = columns.count
    let last = eigenvalues[eigenvalues.count - 1]
    var result = (0...highest).map { gram.scaled(by: power(last, $0)) }
    var (start, imaginary) = (0, state.count / 2)
    for (value, rows) in zip(eigenvalues, rows).dropLast() {
      let end = start + rows * n
      let part = ComplexMatrix(
        rows: rows, columns: n, re: Array(state[start..<end]),
        im: Array(state[imaginary..<imaginary + rows * n]))
      let projected = part.adjoint.multiplied(by: part, cancel: cancel)
      for k in 1...highest { result[k].add(power(value, k) - power(last, k), projected) }
      start = end
      imaginary += rows * n
    }
    return result
  }

  /// (m, m) row-major, for the real and then the imaginary plane of C.
  func kernel(_ state: [Double]) -> [Double] {
    let (n, m) = (columns.count, columns.sampleCount)
    let moments = moments(state, upTo: 2)
    let (measured, square) = (moments[1], moments[2])
    var result = [Double](repeating: 0, count: m * m)
    for a in 0..<n {
      for b in 0..<n {
        let at = a * n + b
        // G_ba is the conjugate of G_ab.
        let commuting = gram.re[at] * square.re[at] + gram.im[at] * square.im[at]
        let modulus = measured.re[at] * measured.re[at] + measured.im[at] * measured.im[at]
        result[columns.owners[a] * m + columns.owners[b]] +=
          2 * columns.weights[a] * columns.weights[b] * (commuting - modulus)
      }
    }
    return result
  }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
  (0..<exponent).reduce(1) { product, _ in product * base }
}
