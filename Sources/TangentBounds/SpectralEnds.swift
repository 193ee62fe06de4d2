import TangentNumerics

/// An interval that holds every eigenvalue of a Hermitian matrix and is longer than it must be by less than 1e-7 of the
/// largest sum of a row's moduli.
///
/// Lanczos' iteration finds the ends from inside, but cannot know that it has missed none. So what is added to them is
/// proved: sigma - A has a Cholesky factor only if no eigenvalue is above sigma, up to a rounding error that Rump has
/// bounded by the trace ("Verification of positive definiteness", BIT 46, 2006).
struct SpectralEnds {
  let range: ClosedRange<Double>

  /// Complex matrices count twice.
  static let mostRows = 2048

  static func isReal(_ matrix: ComplexMatrix) -> Bool { matrix.im.allSatisfy { $0 == 0 } }

  /// Nil where the proof fails, which it does if Lanczos' iteration has not found the ends, and for matrices too large.
  init?(_ matrix: ComplexMatrix) throws(TangentError) {
    let isReal = SpectralEnds.isReal(matrix)
    guard matrix.rows * (isReal ? 1 : 2) <= SpectralEnds.mostRows, matrix.isFinite else { return nil }
    let norm = SpectralEnds.largestRow(matrix)
    guard norm > 0 else { return nil }
    let ends = try SpectralEnds.ritzEnds(matrix)
    guard
      let high = SpectralEnds.proved(matrix, isReal, sign: 1, above: ends.upperBound + 1e-9 * norm),
      let low = SpectralEnds.proved(matrix, isReal, sign: -1, above: -ends.lowerBound + 1e-9 * norm)
    else { return nil }
    range = -low...high
  }

  private static func largestRow(_ matrix: ComplexMatrix) -> Double {
    (0..<matrix.rows).reduce(0) { most, i in
      max(most, (0..<matrix.columns).reduce(0) { $0 + hypot(matrix[i, $1].re, matrix[i, $1].im) })
    }
  }

  /// What no eigenvalue of sign * A exceeds: `sigma` and the rounding error of its proof.
  private static func proved(
    _ matrix: ComplexMatrix, _ isReal: Bool, sign: Double, above sigma: Double
  ) -> Double? {
    let (d, n) = (matrix.rows, matrix.rows * (isReal ? 1 : 2))
    var shifted = [Double](repeating: 0, count: n * n)
    var trace = 0.0
    for i in 0..<d {
      for j in 0..<d {
        let (re, im) = (-sign * matrix[i, j].re, -sign * matrix[i, j].im)
        shifted[i * n + j] = re
        if isReal { continue }
        // (x, y) for x + iy
        shifted[(d + i) * n + d + j] = re
        shifted[(d + i) * n + j] = im
        shifted[i * n + d + j] = -im
      }
    }
    for i in 0..<n {
      shifted[i * n + i] += sigma
      trace += abs(shifted[i * n + i])
    }
    guard Cholesky(shifted, dimension: n) != nil else { return nil }
    return sigma + 2 * Double(n + 2) * .ulpOfOne * trace
  }

  /// The ends of the spectrum that Lanczos' iteration sees, from inside; every vector is made orthogonal to all before.
  private static func ritzEnds(_ matrix: ComplexMatrix) throws(TangentError) -> ClosedRange<Double> {
    let d = matrix.rows
    var basis: [(re: [Double], im: [Double])] = []
    var (diagonal, beside): ([Double], [Double]) = ([], [])
    var ends = 0.0...0.0
    var next = normalised(
      (0..<d).map { 1 + sin(Double($0 * $0 + 1)) }, (0..<d).map { cos(Double(3 * $0 * $0)) })
    while let (re, im, _) = next, basis.count < min(d, 240) {
      basis.append((re, im))
      var (w, v) = product(matrix, re, im)
      diagonal.append(inner(w, re) + inner(v, im))
      for _ in 0..<2 {
        for (br, bi) in basis {
          let (a, b) = (inner(br, w) + inner(bi, v), inner(br, v) - inner(bi, w))
          for k in 0..<d {
            w[k] -= a * br[k] - b * bi[k]
            v[k] -= a * bi[k] + b * br[k]
          }
        }
      }
      next = normalised(w, v)
      if let next { beside.append(next.length) }
      guard basis.count % 20 == 0 || next == nil || basis.count == min(d, 240) else { continue }
      var form = ComplexMatrix(rows: basis.count, columns: basis.count)
      for k in basis.indices {
        form.re[k * basis.count + k] = diagonal[k]
        guard k > 0 else { continue }
        form.re[k * basis.count + k - 1] = beside[k - 1]
        form.re[(k - 1) * basis.count + k] = beside[k - 1]
      }
      let values = try HermitianEigen(form).values
      let found = values[0]...values[values.count - 1]
      let change = max(abs(found.lowerBound - ends.lowerBound), abs(found.upperBound - ends.upperBound))
      ends = found
      if change <= 1e-13 * max(abs(found.lowerBound), abs(found.upperBound)) { break }
    }
    return ends
  }

  /// Nil for a vector of rounding errors.
  private static func normalised(
    _ re: [Double], _ im: [Double]
  ) -> (re: [Double], im: [Double], length: Double)? {
    let length = (inner(re, re) + inner(im, im)).squareRoot()
    guard length > 1e-12 else { return nil }
    return (re.map { $0 / length }, im.map { $0 / length }, length)
  }

  private static func product(
    _ matrix: ComplexMatrix, _ re: [Double], _ im: [Double]
  ) -> ([Double], [Double]) {
    let d = matrix.rows
    var (w, v) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    matrix.re.withUnsafeBufferPointer { a in
      matrix.im.withUnsafeBufferPointer { b in
        for i in 0..<d {
          let (ar, ai) = (a.baseAddress! + i * d, b.baseAddress! + i * d)
          w[i] = dotProduct(ar, re, d) - dotProduct(ai, im, d)
          v[i] = dotProduct(ar, im, d) + dotProduct(ai, re, d)
        }
      }
    }
    return (w, v)
  }

  private static func inner(_ a: [Double], _ b: [Double]) -> Double {
    dotProduct(a, b, a.count)
  }
}
