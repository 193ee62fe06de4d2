extension ComplexMatrix {
  /// Every entry zero, without allocating.
  public mutating func clear() {
    re.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    im.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  /// self = factor * other, without allocating.
  public mutating func assign(_ factor: Double, _ other: ComplexMatrix) {
    precondition(rows == other.rows && columns == other.columns)
    clear()
    add(factor, other)
  }

  /// self += factor * other
  public mutating func add(_ factor: Double, _ other: ComplexMatrix) {
    precondition(rows == other.rows && columns == other.columns)
    ComplexMatrix.add(to: &re, factor, other.re)
    ComplexMatrix.add(to: &im, factor, other.im)
  }

  /// Columns that are read side by side in a transposition: one cache line of each row.
  private static let strip = 8

  /// self = other^dagger, without allocating.
  /// - Parameter cancel: once it is set the rest is left out, and the matrix means nothing.
  public mutating func assignAdjoint(of other: ComplexMatrix, cancel: CancelToken? = nil) {
    precondition(rows == other.columns && columns == other.rows)
    let (rows, columns) = (rows, columns)
    withPlanes { outRe, outIm in
      other.withReadOnlyPlanes { re, im in
        for first in stride(from: 0, to: rows, by: ComplexMatrix.strip) {
          if let cancel, cancel.isCancelled { return }
          let strip = first..<min(first + ComplexMatrix.strip, rows)
          for j in 0..<columns {
            for i in strip {
              outRe[i * columns + j] = re[j * rows + i]
              outIm[i * columns + j] = -im[j * rows + i]
            }
          }
        }
      }
    }
  }

  /// The matrix product `self` times `other`.
  /// - Parameter cancel: once it is set the rest is left out, and the product means nothing.
  /// - Precondition: `columns == other.rows`.
  public func multiplied(by other: ComplexMatrix, cancel: CancelToken? = nil) -> ComplexMatrix {
    var result = ComplexMatrix(rows: rows, columns: other.columns)
    result.assignProduct(self, other, cancel: cancel)
    return result
  }

  /// self = left * right, without allocating the result.
  /// - Parameter cancel: once it is set the rest is left out, and the product means nothing.
  /// - Precondition: the shapes fit.
  public mutating func assignProduct(
    _ left: ComplexMatrix, _ right: ComplexMatrix, cancel: CancelToken? = nil
  ) {
    precondition(left.columns == right.rows && rows == left.rows && columns == right.columns)
    withPlanes { outRe, outIm in
      left.withReadOnlyPlanes { leftRe, leftIm in
        right.withReadOnlyPlanes { rightRe, rightIm in
          ComplexProduct.compute(
            rows: left.rows, inner: left.columns, columns: right.columns, left: .init(re: leftRe, im: leftIm),
            right: .init(re: rightRe, im: rightIm), out: .init(re: outRe, im: outIm), cancel: cancel)
        }
      }
    }
  }

  /// Rows and columns exchanged, nothing conjugated.
  public var transpose: ComplexMatrix {
    var result = adjoint
    for k in result.im.indices { result.im[k] = -result.im[k] }
    return result
  }

  package mutating func withPlanes(
    _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    re.withUnsafeMutableBufferPointer { re in
      im.withUnsafeMutableBufferPointer { im in
        if let re = re.baseAddress, let im = im.baseAddress { body(re, im) }
      }
    }
  }

  package func withReadOnlyPlanes(_ body: (UnsafePointer<Double>, UnsafePointer<Double>) -> Void) {
    re.withUnsafeBufferPointer { re in
      im.withUnsafeBufferPointer { im in
        if let re = re.baseAddress, let im = im.baseAddress { body(re, im) }
      }
    }
  }

  private static func add(to out: inout [Double], _ factor: Double, _ other: [Double]) {
    out.withUnsafeMutableBufferPointer { out in
      other.withUnsafeBufferPointer { other in
        for k in 0..<out.count { out[k] += factor * other[k] }
      }
    }
  }
}
