/// The QR decomposition of a complex matrix with at least as many rows as columns.
public struct HouseholderQR: Sendable {
  /// (rows, columns), orthonormal columns.
  public let q: ComplexMatrix
  /// (columns, columns), upper triangular with a real positive or zero diagonal, which makes the pair unique for full rank.
  public let r: ComplexMatrix

  /// - Parameter cancel: once it is set the rest is left out, and the factors mean nothing.
  /// - Precondition: `matrix.rows >= matrix.columns`.
  public init(_ matrix: ComplexMatrix, cancel: CancelToken? = nil) {
    let (rows, columns) = (matrix.rows, matrix.columns)
    var reduced = HouseholderQR.reduce(matrix, cancel)
    var basis = ComplexMatrix(rows: columns, columns: rows)
    reduced.work.withPlanes { re, im in
      basis.withPlanes { qRe, qIm in
        for j in 0..<columns {
          // A column of Q times the sign that makes R's diagonal positive.
          qRe[j * rows + j] = reduced.reflectors[j].beta < 0 ? -1 : 1
        }
        for i in stride(from: columns - 1, through: 0, by: -1) {
          if let cancel, cancel.isCancelled { return }
          // Columns before i have nothing from row i on.
          reduced.reflectors[i].apply(
            conjugated: false, count: rows - i, vRe: re + i * rows + i, vIm: im + i * rows + i,
            columns: i..<columns,
            re: qRe + i, im: qIm + i, stride: rows)
        }
      }
    }
    q = basis.transpose
    r = reduced.triangle
  }

  /// R alone, for half the work.
  /// - Parameter cancel: once it is set the rest is left out, and the triangle means nothing.
  /// - Precondition: `matrix.rows >= matrix.columns`.
  public static func triangle(of matrix: ComplexMatrix, cancel: CancelToken? = nil) -> ComplexMatrix {
    reduce(matrix, cancel).triangle
  }

  /// The reflectors that turn the matrix into R; row i of `work` holds the vector of reflector i from entry i on.
  private static func reduce(
    _ matrix: ComplexMatrix, _ cancel: CancelToken?
  ) -> (work: ComplexMatrix, reflectors: [HouseholderReflector], triangle: ComplexMatrix) {
    let (rows, columns) = (matrix.rows, matrix.columns)
    precondition(rows >= columns)
    // Columns of the matrix as rows, so that every loop runs over adjacent numbers.
    var work = matrix.transpose
    var triangle = ComplexMatrix(rows: columns, columns: columns)
    var reflectors: [HouseholderReflector] = []
    work.withPlanes { re, im in
      for i in 0..<columns {
        // A reflector for every column all the same, which do nothing.
        if let cancel, cancel.isCancelled {
          reflectors.append(.identity)
          continue
        }
        for k in 0..<i { triangle[k, i] = (re[i * rows + k], im[i * rows + k]) }
        let offset = i * rows + i
        let reflector = HouseholderReflector(count: rows - i, re: re + offset, im: im + offset)
        reflectors.append(reflector)
        triangle[i, i] = (reflector.beta, 0)
        reflector.apply(
          conjugated: true, count: rows - i, vRe: re + offset, vIm: im + offset,
          columns: (i + 1)..<max(columns, i + 1), re: re + i, im: im + i, stride: rows)
      }
    }
    for i in 0..<columns where triangle[i, i].re < 0 {
      for k in i..<columns { triangle[i, k] = (-triangle[i, k].re, -triangle[i, k].im) }
    }
    return (work, reflectors, triangle)
  }
}

extension ComplexMatrix {
  /// Haar-random orthonormal columns: QR of complex normals with a positive diagonal of R.
  /// Source: Mezzadri, "How to generate random matrices from the classical compact groups", Notices AMS 54 (2007).
  /// - Parameter cancel: once it is set the rest is left out, and the columns mean nothing.
  /// - Precondition: `rows >= columns`.
  public static func haarIsometry(
    rows: Int, columns: Int, seed: UInt64, stream: UInt64 = 0, cancel: CancelToken? = nil
  ) -> ComplexMatrix {
    var random = Philox(seed: seed, stream: stream)
    let matrix = withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * rows * columns) { normals in
      random.fill(normals: normals)
      return ComplexMatrix(rows: rows, columns: columns, interleaved: UnsafeBufferPointer(normals))
    }
    return HouseholderQR(matrix, cancel: cancel).q
  }

  /// A Haar-random unitary matrix; equal arguments give equal bits.
  /// - Parameter cancel: once it is set the rest is left out, and the matrix means nothing.
  public static func haarUnitary(
    dimension: Int, seed: UInt64, stream: UInt64 = 0, cancel: CancelToken? = nil
  ) -> ComplexMatrix {
    haarIsometry(rows: dimension, columns: dimension, seed: seed, stream: stream, cancel: cancel)
  }
}
