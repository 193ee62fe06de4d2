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
    let (a, b) = (unitary.block(0, 0, size: h), unitary.block(0, h, size: h))
    let (c, d) = (unitary.block(h, 0, size: h), unitary.block(h, h, size: h))
    guard let eigen = try? HermitianEigen(a.adjoint.multiplied(by: a)) else { return nil }
    var columns = CommonBasis(eigen.vectors, upper: a, lower: c)
    columns.orthogonalise()
    cosines = columns.upper.orthonormaliseRows()
    sines = columns.lower.orthonormaliseRows()
    left = (columns.upper.transpose, columns.lower.transpose)
    // A third factor from both lower blocks: where one of sine and cosine is small, the other is not.
    let (fromB, fromD) = (left.upper.adjoint.multiplied(by: b), left.lower.adjoint.multiplied(by: d))
    right = (
      columns.basis.conjugate,
      fromD.scalingRows(by: cosines) - fromB.scalingRows(by: sines)
    )
    let errors = [
      left.upper.multiplied(by: right.upper.scalingRows(by: cosines)) - a,
      left.lower.multiplied(by: right.upper.scalingRows(by: sines)) - c,
      left.upper.multiplied(by: right.lower.scalingRows(by: sines)) + b,
      left.lower.multiplied(by: right.lower.scalingRows(by: cosines)) - d,
    ]
    let tolerance = (Double(h) + 16) * 4 * Double.ulpOfOne
    guard errors.allSatisfy({ $0.maximumModulus < tolerance }) else { return nil }
  }
}

/// The columns of W, A W and C W, kept as rows, for the two left blocks of a unitary matrix.
private struct CommonBasis {
  var basis: ComplexMatrix
  var upper: ComplexMatrix
  var lower: ComplexMatrix

  /// - Parameter w: the eigenvectors of A^dagger A, which are those of C^dagger C = 1 - A^dagger A.
  init(_ w: ComplexMatrix, upper a: ComplexMatrix, lower c: ComplexMatrix) {
    basis = w.transpose
    upper = basis.multiplied(by: a.transpose)
    lower = basis.multiplied(by: c.transpose)
  }

  /// One-sided Jacobi rotations. The columns are orthogonal up to rounding of the largest already; this makes them so
  /// relative to their own lengths. A pair orthogonal in the block where it is shorter is so in the other one too.
  mutating func orthogonalise() {
    let h = basis.rows
    var (cosines, sines) = (upper.squaredRows, lower.squaredRows)
    for _ in 0..<40 {
      var isDone = true
      for i in 0..<h {
        for j in (i + 1)..<max(h, i + 1) {
          let usesUpper = cosines[i] + cosines[j] <= 1
          let (p, q) = usesUpper ? (cosines[i], cosines[j]) : (sines[i], sines[j])
          let overlap = usesUpper ? upper.overlap(i, j) : lower.overlap(i, j)
          let modulus = (overlap.re * overlap.re + overlap.im * overlap.im).squareRoot()
          guard min(p, q) > ComplexMatrix.negligible * ComplexMatrix.negligible,
            modulus > 8 * Double.ulpOfOne * (p * q).squareRoot()
          else { continue }
          isDone = false
          let zeta = (q - p) / (2 * modulus)
          let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let cosine = 1 / (1 + t * t).squareRoot()
          let phase = (re: overlap.re / modulus, im: overlap.im / modulus)
          basis.rotateRows(i, j, cosine, t * cosine, phase)
          upper.rotateRows(i, j, cosine, t * cosine, phase)
          lower.rotateRows(i, j, cosine, t * cosine, phase)
          for k in [i, j] { (cosines[k], sines[k]) = (upper.squaredRow(k), lower.squaredRow(k)) }
        }
      }
      if isDone { return }
    }
  }
}

extension ComplexMatrix {
  /// A row of a unitary matrix that is shorter is rounding.
  fileprivate static let negligible = 4 * Double.ulpOfOne

  fileprivate func block(_ row: Int, _ column: Int, size: Int) -> ComplexMatrix {
    var result = ComplexMatrix(rows: size, columns: size)
    for i in 0..<size {
      let (source, target) = ((row + i) * columns + column, i * size)
      result.re.replaceSubrange(target..<(target + size), with: re[source..<(source + size)])
      result.im.replaceSubrange(target..<(target + size), with: im[source..<(source + size)])
    }
    return result
  }

  fileprivate var conjugate: ComplexMatrix {
    var result = self
    for k in im.indices { result.im[k] = -im[k] }
    return result
  }

  fileprivate func scalingRows(by factors: [Double]) -> ComplexMatrix {
    var result = self
    let columns = columns
    result.withPlanes { re, im in
      for (i, factor) in factors.enumerated() {
        for k in (i * columns)..<((i + 1) * columns) { (re[k], im[k]) = (re[k] * factor, im[k] * factor) }
      }
    }
    return result
  }

  fileprivate func squaredRow(_ i: Int) -> Double { overlap(i, i).re }

  fileprivate var squaredRows: [Double] { (0..<rows).map(squaredRow) }

  /// <row i|row j>
  fileprivate func overlap(_ i: Int, _ j: Int) -> (re: Double, im: Double) {
    re.withUnsafeBufferPointer { re in
      im.withUnsafeBufferPointer { im in
        ComplexVector.innerProduct(
          columns, re.baseAddress! + i * columns, im.baseAddress! + i * columns,
          re.baseAddress! + j * columns, im.baseAddress! + j * columns)
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
  fileprivate mutating func orthonormaliseRows() -> [Double] {
    var lengths = squaredRows.map { $0.squareRoot() }
    let order = lengths.indices.sorted { lengths[$0] > lengths[$1] }
    for (place, i) in order.enumerated() {
      let isMissing = lengths[i] <= ComplexMatrix.negligible
      if isMissing {
        lengths[i] = 0
        replaceRow(i, besides: order[..<place])
      }
      // What a missing row becomes may lose most of its length, and be less accurate then.
      for _ in 0..<(isMissing ? 2 : 1) {
        for j in order[..<place] { subtract(projectionOn: j, from: i) }
        let length = squaredRow(i).squareRoot()
        let (first, count) = (i * columns, columns)
        withPlanes { re, im in
          for k in first..<(first + count) { (re[k], im[k]) = (re[k] / length, im[k] / length) }
        }
      }
    }
    return lengths
  }

  /// Row i becomes the unit vector that other rows cover least.
  private mutating func replaceRow(_ i: Int, besides others: ArraySlice<Int>) {
    let covered = (0..<columns).map { k in
      others.reduce(0) { $0 + self[$1, k].re * self[$1, k].re + self[$1, k].im * self[$1, k].im }
    }
    let least = covered.indices.min { covered[$0] < covered[$1] }!
    for k in 0..<columns { self[i, k] = (k == least ? 1 : 0, 0) }
  }

  private mutating func subtract(projectionOn j: Int, from i: Int) {
    let part = overlap(j, i)
    let (count, source, target) = (columns, j * columns, i * columns)
    withPlanes { re, im in
      ComplexVector.add(
        count, -part.re, -part.im, re + source, im + source, re + target, im + target)
    }
  }
}
