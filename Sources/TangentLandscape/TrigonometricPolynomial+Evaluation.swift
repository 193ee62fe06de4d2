import CTangentVector
import TangentNumerics

extension TrigonometricPolynomial {
  /// The polynomial at many points, four at a time.
  /// - Parameter points: (points, p), angles in radians.
  /// - Throws: on a wrong number of angles, `cancelled`.
  public func evaluate(
    _ points: [Double], order: DerivativeOrder = .hessian, cancel: CancelToken? = nil
  ) throws(TangentError) -> Evaluations {
    let p = angleCount
    guard p > 0, points.count.isMultiple(of: p) else {
      throw .invalid("there are \(points.count) angles, which are no points of \(p)")
    }
    let count = points.count / p
    var result = Evaluations(values: [Double](repeating: 0, count: count))
    if order >= .gradient { result.gradients = [Double](repeating: 0, count: count * p) }
    if order == .hessian { result.hessians = [Double](repeating: 0, count: count * p * p) }
    let width = Lane.scalarCount
    let tasks = (count + width - 1) / width
    let workers = ThreadPool.current.workers(tasks: tasks, nanoseconds: tasks * 3 * tree.values.count)
    result.values.withUnsafeMutableBufferPointer { values in
      result.gradients.withUnsafeMutableBufferPointer { gradients in
        result.hessians.withUnsafeMutableBufferPointer { hessians in
          points.withUnsafeBufferPointer { points in
            ThreadPool.current.share(tasks: tasks, among: workers) { _, tasks in
              let contraction = JetContraction(self, order: order)
              let valuePlace = contraction.place()
              let gradientPlaces = order >= .gradient ? (0..<p).map { contraction.place(of: $0) } : []
              let hessianPlaces =
                order >= .hessian
                ? (0..<p).flatMap { i in (0..<p).map { j in contraction.place(of: i, j) } } : []
              for task in tasks {
                if let cancel, cancel.isCancelled { return }
                let first = task * width
                let used = min(width, count - first)
                let jet = contraction.evaluate(points.baseAddress! + first * p, count: used)
                for lane in 0..<used {
                  let point = first + lane
                  values[point] = jet[valuePlace][lane]
                  guard order >= .gradient else { continue }
                  for l in 0..<p { gradients[point * p + l] = jet[gradientPlaces[l]][lane] }
                  guard order >= .hessian else { continue }
                  for k in 0..<(p * p) { hessians[point * p * p + k] = jet[hessianPlaces[k]][lane] }
                }
              }
            }
          }
        }
      }
    }
    try cancel?.check()
    return result
  }

  /// Bytes that an evaluation takes: its results, and what every thread's contraction holds.
  public func evaluationBytes(points: Int, order: DerivativeOrder) -> Int {
    let (p, count) = (Double(angleCount), Double(points))
    let derivatives = [0, p, p + p * p, 0][order.rawValue]
    let contractions = Double(ThreadPool.current.threadCount * JetContraction.lanes(self, order: order))
    return Int(min(8 * count * (1 + derivatives) + 32 * contractions, 0x1p62))
  }
}
