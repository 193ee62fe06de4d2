/// The cosine-sine decomposition of a unitary matrix in four square blocks,
///
///     U = [L0  0 ] [C -S] [R0  0 ]
///         [0   L1] [S  C] [0   R1],
///
/// with L and R unitary, C and S diagonal, C^2 + S^2 = 1 (Golub and Van Loan, "Matrix Computations", 2.5.4).
public struct CosineSineDecomposition: Sendable {
  public let left: (upper: ComplexMatrix, lower: ComplexMatrix)
  public let cosines: [Double]
  public let sines: [Double]
  public let right: (upper: ComplexMatrix, lower: ComplexMatrix)

  /// Nil if the factors do not give U back to within rounding, as of a matrix that is not quite unitary.
  /// - Precondition: `unitary` is square with an even number of rows.
  public init?(_ unitary: ComplexMatrix) {
    precondition(unitary.rows == unitary.columns && unitary.rows.isMultiple(of: 2))
    let h = unitary.rows / 2
    let (first, second) = (unitary.columns(0..<h), unitary.columns(h..<2 * h))
    let a = first.rows(0..<h)
    guard let eigen = try? HermitianEigen(a.adjoint.multiplied(by: a)) else { return nil }
    var basis = CommonBasis(eigen.vectors, of: first)
    basis.orthogonalise()
    cosines = basis.images.orthonormaliseRows(within: 0..<h)
    sines = basis.images.orthonormaliseRows(within: h..<2 * h)
    left = (basis.images.columns(0..<h).transpose, basis.images.columns(h..<2 * h).transpose)
    let forFirst = basis.images.scalingRows(upper: cosines, lower: sines)
    let forSecond = basis.images.scalingRows(upper: sines.map(-), lower: cosines)
    // A third factor from both lower blocks: where one of sine and cosine is small, the other is not.
    right = (basis.vectors.conjugate, forSecond.conjugate.multiplied(by: second))
    let tolerance = (Double(h) + 16) * 4 * Double.ulpOfOne
    guard (forFirst.transpose.multiplied(by: right.upper) - first).maximumModulus < tolerance,
      (forSecond.transpose.multiplied(by: right.lower) - second).maximumModulus < tolerance
    else { return nil }
  }
}

/// The columns of W, and those of A W above those of C W, kept as rows, for the two left blocks of a unitary matrix.
private struct CommonBasis {
  var vectors: ComplexMatrix
  var images: ComplexMatrix

  /// - Parameter w: the eigenvectors of A^dagger A, which are those of C^dagger C = 1 - A^dagger A.
  init(_ w: ComplexMatrix, of columns: ComplexMatrix) {
    vectors = w.transpose
    images = vectors.multiplied(by: columns.transpose)
  }

  /// One-sided Jacobi rotations. The columns are orthogonal up to rounding of the largest already, which is enough for
  /// all but pairs of short ones: what two share is taken from the shorter in the end, and must be rounding there. A pair
  /// orthogonal in the block where it is shorter is so in the other one too.
  mutating func orthogonalise() {
    let h = vectors.rows
    var (cosines, sines) = (images.squaredRows(within: 0..<h), images.squaredRows(within: h..<2 * h))
    for _ in 0..<40 {
      var isDone = true
      for i in 0..<h {
        for j in (i + 1)..<max(h, i + 1) {
          let usesUpper = cosines[i] + cosines[j] <= 1
          let (p, q) = usesUpper ? (cosines[i], cosines[j]) : (sines[i], sines[j])
          let overlap = images.overlap(i, j, within: usesUpper ? 0..<h : h..<2 * h)
          let squared = overlap.re * overlap.re + overlap.im * overlap.im
          guard min(p, q) > ComplexMatrix.negligible * ComplexMatrix.negligible,
            squared > 64 * Double.ulpOfOne * Double.ulpOfOne * max(p, q) || squared > 1e-12 * p * q
          else { continue }
          isDone = false
          let modulus = squared.squareRoot()
          let zeta = (q - p) / (2 * modulus)
          let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let cosine = 1 / (1 + t * t).squareRoot()
          let phase = (re: overlap.re / modulus, im: overlap.im / modulus)
          vectors.rotateRows(i, j, cosine, t * cosine, phase)
          images.rotateRows(i, j, cosine, t * cosine, phase)
          for k in [i, j] {
            cosines[k] = images.squaredRow(k, within: 0..<h)
            sines[k] = images.squaredRow(k, within: h..<2 * h)
          }
        }
      }
      if isDone { return }
    }
  }
}

extension ComplexMatrix {
  /// A row of a unitary matrix that is shorter is rounding.
  fileprivate static let negligible = 4 * Double.ulpOfOne

  fileprivate func rows(_ range: Range<Int>) -> ComplexMatrix {
    let entries = range.lowerBound * columns..<range.upperBound * columns
    return ComplexMatrix(rows: range.count, columns: columns, re: Array(re[entries]), im: Array(im[entries]))
  }

  fileprivate func columns(_ range: Range<Int>) -> ComplexMatrix {
    var result = ComplexMatrix(rows: rows, columns: range.count)
    let (rows, columns) = (rows, columns)
    result.withPlanes { targetRe, targetIm in
      withReadOnlyPlanes { re, im in
        for i in 0..<rows {
          let (source, target) = (i * columns + range.lowerBound, i * range.count)
          (targetRe + target).update(from: re + source, count: range.count)
          (targetIm + target).update(from: im + source, count: range.count)
        }
      }
    }
    return result
  }

  fileprivate var conjugate: ComplexMatrix {
    ComplexMatrix(rows: rows, columns: columns, re: re, im: im.map(-))
  }

  /// The first half of every row times one factor, the second times another.
  fileprivate func scalingRows(upper: [Double], lower: [Double]) -> ComplexMatrix {
    var result = self
    let h = columns / 2
    result.withPlanes { re, im in
      for (half, factor) in zip(upper, lower).flatMap({ [$0, $1] }).enumerated() {
        for k in (half * h)..<((half + 1) * h) { (re[k], im[k]) = (re[k] * factor, im[k] * factor) }
      }
    }
    return result
  }

  fileprivate func squaredRow(_ i: Int, within range: Range<Int>) -> Double {
    overlap(i, i, within: range).re
  }

  fileprivate func squaredRows(within range: Range<Int>) -> [Double] {
    (0..<rows).map { squaredRow($0, within: range) }
  }

  /// <row i|row j>, of these columns alone.
  fileprivate func overlap(_ i: Int, _ j: Int, within range: Range<Int>) -> (re: Double, im: Double) {
    re.withUnsafeBufferPointer { re in
      im.withUnsafeBufferPointer { im in
        let (first, second) = (i * columns + range.lowerBound, j * columns + range.lowerBound)
        return ComplexVector.innerProduct(
          range.count, re.baseAddress! + first, im.baseAddress! + first, re.baseAddress! + second,
          im.baseAddress! + second)
      }
    }
  }

  /// (x, y) <- (c x - s conj(f) y, s f x + c y), f a phase
  fileprivate mutating func rotateRows(
    _ i: Int, _ j: Int, _ c: Double, _ s: Double, _ f: (re: Double, im: Double)
  ) {
    let (count, first, second) = (columns, i * columns, j * columns)
    let (fRe, fIm) = (s * f.re, s * f.im)
    withPlanes { re, im in
      let (xr, xi, yr, yi) = (re + first, im + first, re + second, im + second)
      for k in 0..<count {
        let (a, b, u, v) = (xr[k], xi[k], yr[k], yi[k])
        xr[k] = c * a - (fRe * u + fIm * v)
        xi[k] = c * b - (fRe * v - fIm * u)
        yr[k] = c * u + (fRe * a - fIm * b)
        yi[k] = c * v + (fRe * b + fIm * a)
      }
    }
  }

  /// Divides nearly orthogonal rows by their lengths, which it returns. The longest stay as they are, the others lose
  /// what they share with longer ones; rows of no length become what completes the basis.
  /// - Parameter range: the columns that this is about, as many as there are rows.
  fileprivate mutating func orthonormaliseRows(within range: Range<Int>) -> [Double] {
    var lengths = squaredRows(within: range).map { $0.squareRoot() }
    let order = lengths.indices.sorted { lengths[$0] > lengths[$1] }
    for (place, i) in order.enumerated() {
      let isMissing = lengths[i] <= ComplexMatrix.negligible
      if isMissing {
        lengths[i] = 0
        replaceRow(i, within: range, besides: order[..<place])
      }
      // What a missing row becomes may lose most of its length, and be less accurate then.
      for _ in 0..<(isMissing ? 2 : 1) {
        for j in order[..<place] { subtract(projectionOn: j, from: i, within: range) }
        let length = squaredRow(i, within: range).squareRoot()
        let (first, count) = (i * columns + range.lowerBound, range.count)
        withPlanes { re, im in
          for k in first..<(first + count) { (re[k], im[k]) = (re[k] / length, im[k] / length) }
        }
      }
    }
    return lengths
  }

  /// Row i becomes the unit vector that other rows cover least.
  private mutating func replaceRow(_ i: Int, within range: Range<Int>, besides others: ArraySlice<Int>) {
    let covered = range.map { k in
      others.reduce(0) { $0 + self[$1, k].re * self[$1, k].re + self[$1, k].im * self[$1, k].im }
    }
    let least = range.lowerBound + covered.indices.min { covered[$0] < covered[$1] }!
    for k in range { self[i, k] = (k == least ? 1 : 0, 0) }
  }

  private mutating func subtract(projectionOn j: Int, from i: Int, within range: Range<Int>) {
    let part = overlap(j, i, within: range)
    let (count, source, target) = (
      range.count, j * columns + range.lowerBound, i * columns + range.lowerBound
    )
    withPlanes { re, im in
      ComplexVector.add(
        count, -part.re, -part.im, re + source, im + source, re + target, im + target)
    }
  }
}
