import TangentNumerics

extension ComplexMatrix {
  /// The Kronecker product, `self` on the more significant index.
  public func kronecker(_ other: ComplexMatrix) -> ComplexMatrix {
    var result = ComplexMatrix(rows: rows * other.rows, columns: columns * other.columns)
    for i in 0..<rows {
      for j in 0..<columns {
        let a = self[i, j]
        for k in 0..<other.rows {
          for l in 0..<other.columns {
            let b = other[k, l]
            result[i * other.rows + k, j * other.columns + l] = (
              a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re
            )
          }
        }
      }
    }
    return result
  }
}
