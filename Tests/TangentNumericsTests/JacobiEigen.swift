import Glibc

@testable import TangentNumerics

/// Eigenvalues by cyclic Jacobi rotations: slow, simple, and nothing like the solver it checks.
func jacobiEigenvalues(_ matrix: ComplexMatrix) -> [Double] {
  let d = matrix.rows
  var a = matrix
  for _ in 0..<100 {
    var off = 0.0
    for p in 0..<d {
      for q in 0..<d where q != p { off = max(off, hypot(a[p, q].re, a[p, q].im)) }
    }
    if off < 1e-15 * matrix.maximumModulus { break }
    for p in 0..<d {
      for q in (p + 1)..<max(d, p + 1) { rotate(&a, p, q) }
    }
  }
  return (0..<d).map { a[$0, $0].re }.sorted()
}

/// Clears entry (p, q): with a_pq = |a_pq| e^(i phi), a <- J^dagger a J for J = [[c, s e^(i phi)], [-s e^(-i phi), c]].
private func rotate(_ a: inout ComplexMatrix, _ p: Int, _ q: Int) {
  let modulus = hypot(a[p, q].re, a[p, q].im)
  guard modulus > 0 else { return }
  let (u, v) = (a[p, q].re / modulus, a[p, q].im / modulus)
  let theta = (a[q, q].re - a[p, p].re) / (2 * modulus)
  let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
  let c = 1 / (t * t + 1).squareRoot()
  let s = t * c
  for k in 0..<a.rows {
    let (x, y) = (a[k, p], a[k, q])
    a[k, p] = (c * x.re - s * (u * y.re + v * y.im), c * x.im - s * (u * y.im - v * y.re))
    a[k, q] = (s * (u * x.re - v * x.im) + c * y.re, s * (u * x.im + v * x.re) + c * y.im)
  }
  for k in 0..<a.rows {
    let (x, y) = (a[p, k], a[q, k])
    a[p, k] = (c * x.re - s * (u * y.re - v * y.im), c * x.im - s * (u * y.im + v * y.re))
    a[q, k] = (s * (u * x.re + v * x.im) + c * y.re, s * (u * x.im - v * x.re) + c * y.im)
  }
}

func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> ComplexMatrix {
  var random = Philox(seed: seed, stream: 99)
  var result = ComplexMatrix(rows: rows, columns: columns)
  for k in result.re.indices {
    result.re[k] = random.normal()
    result.im[k] = random.normal()
  }
  return result
}

func randomHermitian(_ d: Int, seed: UInt64) -> ComplexMatrix {
  let matrix = randomMatrix(d, d, seed: seed)
  return (matrix + matrix.adjoint).scaled(by: 0.5)
}
