import TangentNumerics

/// The second-order kernel of the over-parameterised limit, the limit of mu/Zsum^2:
///
///     mu_abc = -(1/2) tr(rho_a ([X_b, [X_c, M]] + [X_c, [X_b, M]])),    X_j = i[M, rho_j].
///
/// It is linear in each state, and for pure ones it holds only moments N_k = V^dagger M^k V, k = 0 to 3, of the
/// samples' vectors. Derived in docs/maths.md, section "second order in the limit".
public struct LimitDQNTK: Sendable {
  private let columns: SampleColumns

  public init(_ columns: SampleColumns) { self.columns = columns }

  /// (m, m, m) row-major from `moments` N_0 to N_3, (columns, columns) each.
  /// - Throws: `cancelled`.
  public func tensor(moments: [ComplexMatrix], cancel: CancelToken? = nil) throws(TangentError) -> [Double] {
    let (n, m) = (columns.count, columns.sampleCount)
    var result = [Double](repeating: 0, count: m * m * m)
    for a in 0..<n {
      for b in 0..<n {
        try cancel?.check()
        for c in 0...b {
          // 2 Q_abc - Y_abc - Y_acb, and Re Q is symmetric in b and c after both orders are summed.
          let value = Self.entry(moments, a, b, c)
          let weight = columns.weights[a] * columns.weights[b] * columns.weights[c]
          let (i, j, k) = (columns.owners[a], columns.owners[b], columns.owners[c])
          result[(i * m + j) * m + k] += weight * value
          if b != c { result[(i * m + k) * m + j] += weight * value }
        }
      }
    }
    return result
  }

  private static func entry(_ moments: [ComplexMatrix], _ a: Int, _ b: Int, _ c: Int) -> Double {
    let (n0, n1, n2, n3) = (moments[0], moments[1], moments[2], moments[3])
    func triple(_ x: ComplexMatrix, _ y: ComplexMatrix, _ z: ComplexMatrix, _ b: Int, _ c: Int) -> Double {
      // Re(x_ab y_bc z_ca)
      let (p, q, r) = (x[a, b], y[b, c], z[c, a])
      let product = (re: p.re * q.re - p.im * q.im, im: p.re * q.im + p.im * q.re)
      return product.re * r.re - product.im * r.im
    }
    func ordered(_ b: Int, _ c: Int) -> Double {
      let outer =
        -(triple(n1, n1, n1, b, c) - triple(n1, n0, n2, b, c) - triple(n0, n2, n1, b, c)
        + triple(n0, n1, n2, b, c))
      let inner =
        -(triple(n1, n2, n0, b, c) - triple(n1, n1, n1, b, c) - triple(n0, n3, n0, b, c)
        + triple(n0, n2, n1, b, c))
      return inner - outer
    }
    return ordered(b, c) + ordered(c, b)
  }
}
