/// The real tridiagonal form T of a Hermitian matrix A = Q T Q^dagger, Q a product of reflectors.
struct Tridiagonal {
  private(set) var diagonal: [Double]
  /// Entry i couples i and i + 1; an unused zero at the end.
  private var offDiagonal: [Double]
  private var reflectors: [HouseholderReflector] = []

  /// Reads the lower triangle of conj(A), which makes every loop one over adjacent numbers; afterwards row i of the
  /// strict upper triangle holds the reflector that cleared column i. Once it is cancelled the rest is left out.
  init(reducingConjugate matrix: inout ComplexMatrix, _ cancel: CancelToken?) {
    let d = matrix.rows
    var diagonal = [Double](repeating: 0, count: d)
    var offDiagonal = diagonal
    var reflectors: [HouseholderReflector] = []
    var w = ComplexMatrix(rows: 1, columns: d)
    matrix.withPlanes { re, im in
      w.withPlanes { wRe, wIm in
        for i in 0..<d {
          if let cancel, cancel.isCancelled { return }
          diagonal[i] = re[i * d + i]
          let count = d - 1 - i
          guard count > 0 else { continue }
          let v = (re: re + i * d + i + 1, im: im + i * d + i + 1)
          for k in 0..<count {
            v.re[k] = re[(i + 1 + k) * d + i]
            v.im[k] = -im[(i + 1 + k) * d + i]
          }
          let reflector = HouseholderReflector(count: count, re: v.re, im: v.im)
          offDiagonal[i] = reflector.beta
          reflectors.append(reflector)
          let corner = (i + 1) * (d + 1)
          Tridiagonal.update(
            count, stride: d, re: re + corner, im: im + corner, vRe: v.re, vIm: v.im, reflector, wRe: wRe,
            wIm: wIm)
        }
      }
    }
    self.diagonal = diagonal
    self.offDiagonal = offDiagonal
    self.reflectors = reflectors
  }

  /// H^dagger A H of a trailing block: A -= v w^dagger + w v^dagger with p = tau A v and
  /// w = p - (tau/2)(p^dagger v) v, on the lower triangle of conj(A).
  private static func update(
    _ count: Int, stride: Int, re: UnsafeMutablePointer<Double>, im: UnsafeMutablePointer<Double>,
    vRe: UnsafePointer<Double>, vIm: UnsafePointer<Double>, _ reflector: HouseholderReflector,
    wRe: UnsafeMutablePointer<Double>, wIm: UnsafeMutablePointer<Double>
  ) {
    for r in 0..<count {
      let (rowRe, rowIm) = (re + r * stride, im + r * stride)
      let sum = ComplexVector.innerProduct(r, rowRe, rowIm, vRe, vIm)
      wRe[r] = sum.re + rowRe[r] * vRe[r]
      wIm[r] = sum.im + rowRe[r] * vIm[r]
      ComplexVector.add(r, vRe[r], vIm[r], rowRe, rowIm, wRe, wIm)
    }
    let (tauRe, tauIm) = (reflector.tauRe, reflector.tauIm)
    for k in 0..<count {
      (wRe[k], wIm[k]) = (tauRe * wRe[k] - tauIm * wIm[k], tauRe * wIm[k] + tauIm * wRe[k])
    }
    let overlap = ComplexVector.innerProduct(count, wRe, wIm, vRe, vIm)
    let half = -0.5 * (tauRe * overlap.re - tauIm * overlap.im)
    ComplexVector.add(count, half, 0, vRe, vIm, wRe, wIm)
    for r in 0..<count {
      let (rowRe, rowIm) = (re + r * stride, im + r * stride)
      ComplexVector.add(r + 1, -vRe[r], vIm[r], wRe, wIm, rowRe, rowIm)
      ComplexVector.add(r + 1, -wRe[r], wIm[r], vRe, vIm, rowRe, rowIm)
    }
  }

  /// Implicit QL: turns `diagonal` into the eigenvalues (in no order) and returns the eigenvectors of T as rows.
  /// - Throws: `numerical` if an eigenvalue takes more than 60 sweeps; `cancelled`.
  mutating func diagonalise(_ cancel: CancelToken?) throws(TangentError) -> [Double] {
    let d = diagonal.count
    var rows = ComplexMatrix.identity(d).re
    let norm = zip(diagonal, offDiagonal).reduce(0) { max($0, abs($1.0) + abs($1.1)) }
    let negligible = norm * Double.ulpOfOne
    for first in 0..<d {
      try cancel?.check()
      var sweeps = 0
      while true {
        var last = first
        while last < d - 1 && abs(offDiagonal[last]) > negligible { last += 1 }
        if last == first { break }
        sweeps += 1
        guard sweeps <= 60 else {
          throw TangentError(
            .numerical, "eigenvalue \(first) of a \(d) x \(d) matrix did not converge in 60 sweeps")
        }
        sweep(first, last, &rows)
      }
    }
    return rows
  }

  /// One implicit QL sweep with Wilkinson's shift over the unreduced block first...last.
  private mutating func sweep(_ first: Int, _ last: Int, _ rows: inout [Double]) {
    let d = diagonal.count
    let half = (diagonal[first + 1] - diagonal[first]) / (2 * offDiagonal[first])
    let root = (half * half + 1).squareRoot()
    var g = diagonal[last] - diagonal[first] + offDiagonal[first] / (half + (half < 0 ? -root : root))
    var (s, c, p) = (1.0, 1.0, 0.0)
    for i in stride(from: last - 1, through: first, by: -1) {
      let f = s * offDiagonal[i]
      let b = c * offDiagonal[i]
      // The entries are of the order of one, so a square that underflows is as good as zero.
      let r = (f * f + g * g).squareRoot()
      offDiagonal[i + 1] = r
      if r == 0 {
        diagonal[i + 1] -= p
        offDiagonal[last] = 0
        return
      }
      s = f / r
      c = g / r
      g = diagonal[i + 1] - p
      let t = (diagonal[i] - g) * s + 2 * c * b
      p = s * t
      diagonal[i + 1] = g + p
      g = c * t - b
      rows.withUnsafeMutableBufferPointer { Tridiagonal.rotate($0, row: i, d, c, s) }
    }
    diagonal[first] -= p
    offDiagonal[first] = g
    offDiagonal[last] = 0
  }

  @inline(__always)
  private static func rotate(
    _ rows: UnsafeMutableBufferPointer<Double>, row: Int, _ d: Int, _ c: Double, _ s: Double
  ) {
    guard let base = rows.baseAddress else { return }
    let (x, y) = (base + row * d, base + (row + 1) * d)
    for k in 0..<d { (x[k], y[k]) = (c * x[k] - s * y[k], s * x[k] + c * y[k]) }
  }

  /// Turns eigenvectors of T, the rows of `basis`, into those of A; a few rows at a time, so that a reflector
  /// is read once for all of them. Once it is cancelled the rest is left out.
  func applyReflectors(in matrix: inout ComplexMatrix, to basis: inout ComplexMatrix, _ cancel: CancelToken?)
  {
    let d = diagonal.count
    matrix.withPlanes { vRe, vIm in
      basis.withPlanes { re, im in
        for start in stride(from: 0, to: d, by: 16) {
          if let cancel, cancel.isCancelled { return }
          for i in stride(from: reflectors.count - 1, through: 0, by: -1) {
            let offset = i * d + i + 1
            for row in start..<min(start + 16, d) {
              HouseholderReflector.apply(
                factorRe: reflectors[i].tauRe, factorIm: reflectors[i].tauIm, count: d - 1 - i,
                vRe: vRe + offset,
                vIm: vIm + offset, re: re + row * d + i + 1, im: im + row * d + i + 1)
            }
          }
        }
      }
    }
  }
}
