import TangentNumerics

/// A loss of students, with memory that calls use again.
protocol StudentLoss: AnyObject {
  /// - Parameters:
  ///   - students: (count, m, d).
  ///   - rows: of the samples, nil for all.
  ///   - losses: (count).
  ///   - gradients: (count, m, d), or nil.
  /// Returns early, with nothing of use, when it is cancelled.
  func evaluate(
    _ students: UnsafePointer<Double>, count: Int, rows: [Int]?, losses: UnsafeMutablePointer<Double>,
    gradients: UnsafeMutablePointer<Double>?, cancel: CancelToken?)
}

extension StudentLoss {
  /// - Throws: `cancelled`.
  func evaluate(
    _ students: [Double], count: Int, rows: [Int]? = nil, gradients: Bool, cancel: CancelToken?
  ) throws(TangentError) -> (losses: [Double], gradients: [Double]) {
    var losses = [Double](repeating: 0, count: count)
    var found = [Double](repeating: 0, count: gradients ? students.count : 0)
    losses.withUnsafeMutableBufferPointer { losses in
      found.withUnsafeMutableBufferPointer { found in
        students.withUnsafeBufferPointer { students in
          evaluate(
            students.baseAddress!, count: count, rows: rows, losses: losses.baseAddress!,
            gradients: gradients ? found.baseAddress : nil, cancel: cancel)
        }
      }
    }
    try cancel?.check()
    return (losses, found)
  }
}
