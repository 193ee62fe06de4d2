/// A dense complex matrix, row-major, in two real planes so that products vectorise.
public struct ComplexMatrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  public var re: [Double]
  public var im: [Double]

  /// The zero matrix.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    re = [Double](repeating: 0, count: rows * columns)
    im = re
  }

  /// - Precondition: both planes have `rows * columns` entries.
  public init(rows: Int, columns: Int, re: [Double], im: [Double]) {
    precondition(re.count == rows * columns && im.count == re.count)
    self.rows = rows
    self.columns = columns
    self.re = re
    self.im = im
  }

  /// From row-major (re, im) pairs, the layout of NumPy's complex128.
  public init(rows: Int, columns: Int, interleaved: UnsafeBufferPointer<Double>) {
    // Nothing is set to zero first: a large matrix costs the first touch of its pages, once.
    func plane(_ offset: Int) -> [Double] {
      [Double](unsafeUninitializedCapacity: rows * columns) { plane, count in
        count = rows * columns
        for k in 0..<count { plane.initializeElement(at: k, to: interleaved[2 * k + offset]) }
      }
    }
    self.init(rows: rows, columns: columns, re: plane(0), im: plane(1))
  }

  public static func identity(_ n: Int) -> ComplexMatrix {
    var result = ComplexMatrix(rows: n, columns: n)
    for k in 0..<n { result.re[k * n + k] = 1 }
    return result
  }

  @inlinable
  public subscript(row: Int, column: Int) -> (re: Double, im: Double) {
    get { (re[row * columns + column], im[row * columns + column]) }
    set {
      re[row * columns + column] = newValue.re
      im[row * columns + column] = newValue.im
    }
  }

  /// The conjugate transpose.
  public var adjoint: ComplexMatrix { adjoint(cancel: nil) }

  /// The conjugate transpose.
  /// - Parameter cancel: once it is set the rest is left out, and the matrix means nothing.
  public func adjoint(cancel: CancelToken?) -> ComplexMatrix {
    var result = ComplexMatrix(rows: columns, columns: rows)
    result.assignAdjoint(of: self, cancel: cancel)
    return result
  }

  public var trace: (re: Double, im: Double) {
    var sum = (re: 0.0, im: 0.0)
    for k in 0..<min(rows, columns) {
      sum.re += re[k * columns + k]
      sum.im += im[k * columns + k]
    }
    return sum
  }

  public func scaled(by factor: Double) -> ComplexMatrix {
    ComplexMatrix(rows: rows, columns: columns, re: re.map { $0 * factor }, im: im.map { $0 * factor })
  }

  public static func + (a: ComplexMatrix, b: ComplexMatrix) -> ComplexMatrix {
    precondition(a.rows == b.rows && a.columns == b.columns)
    var result = a
    result.add(1, b)
    return result
  }

  public static func - (a: ComplexMatrix, b: ComplexMatrix) -> ComplexMatrix {
    precondition(a.rows == b.rows && a.columns == b.columns)
    var result = a
    result.add(-1, b)
    return result
  }

  /// The largest modulus of an entry.
  public var maximumModulus: Double {
    var largest = 0.0
    for k in re.indices { largest = max(largest, re[k] * re[k] + im[k] * im[k]) }
    return largest.squareRoot()
  }

  /// The largest modulus of an entry of self - 1.
  public var deviationFromIdentity: Double {
    var largest = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        var (a, b) = self[row, column]
        if row == column { a -= 1 }
        largest = max(largest, a * a + b * b)
      }
    }
    return largest.squareRoot()
  }

  public var isFinite: Bool { re.allSatisfy(\.isFinite) && im.allSatisfy(\.isFinite) }
}
