import TangentNumerics

/// Proves that boxes hold no critical point of a polynomial, or none but known ones.
///
/// In a box of half-width r around c the component v.g of the gradient along any v is at least
///
///     |v.g(c)| - r sum_i |(v^T H)_i| - r^2/2 sum_il |v.D_il| - r^3/6 sum_j |v_j| F_j
///
/// with the Hessian H and the third derivatives D at c, and F_j bounding sum_ilm |d_j d_i d_l d_m| everywhere. Where that
/// is positive for one v, the box is empty. Tried are the axes, the eigenvectors of H, which find the direction in which
/// the gradient hardly changes, and the rows of its inverse, which find the step to the next zero. Up to rounding: no
/// interval arithmetic.
public struct BoxExclusion: Sendable {
  private let polynomial: TrigonometricPolynomial
  private let fourthBounds: [Double]
  private let known: [Double]
  private let radii: [Double]
  /// Rounding errors of a gradient stay far below.
  private let slack: Double

  /// - Parameters:
  ///   - fourthBounds: F_j, (p).
  ///   - known: critical points, (count, p), in radians.
  ///   - radii: within each distance its point is the only one, (count).
  /// - Throws: on lengths that do not match.
  public init(
    _ polynomial: TrigonometricPolynomial, fourthBounds: [Double], known: [Double], radii: [Double]
  ) throws(TangentError) {
    let p = polynomial.angleCount
    guard fourthBounds.count == p, known.count == radii.count * p else {
      throw .invalid(
        "there are \(fourthBounds.count) bounds and \(known.count) angles of \(radii.count) points for \(p) angles"
      )
    }
    self.polynomial = polynomial
    self.fourthBounds = fourthBounds
    self.known = known
    self.radii = radii
    slack = 1e-14 * polynomial.coefficients.reduce(0) { $0 + abs($1) }
  }

  /// Which boxes may hold an unknown critical point.
  /// - Parameters:
  ///   - centres: (boxes, p), in radians.
  ///   - halfWidth: of every side, in radians.
  /// - Throws: on a wrong number of angles, `cancelled`.
  public func survivors(
    centres: [Double], halfWidth: Double, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Bool] {
    let p = polynomial.angleCount
    guard centres.count.isMultiple(of: p), halfWidth > 0 else {
      throw .invalid("there are \(centres.count) angles and half-width \(halfWidth) for boxes in \(p) angles")
    }
    let count = centres.count / p
    var result = [Bool](repeating: true, count: count)
    let width = Lane.scalarCount
    let tasks = (count + width - 1) / width
    let workers = ThreadPool.current.workers(
      tasks: tasks, nanoseconds: tasks * 5 * polynomial.tree.values.count)
    result.withUnsafeMutableBufferPointer { result in
      centres.withUnsafeBufferPointer { centres in
        ThreadPool.current.share(tasks: tasks, among: workers) { _, tasks in
          var test = BoxTest(polynomial, fourthBounds, slack)
          for task in tasks {
            if let cancel, cancel.isCancelled { return }
            let first = task * width
            let used = min(width, count - first)
            let jet = test.contraction.evaluate(centres.baseAddress! + first * p, count: used)
            for lane in 0..<used {
              let box = first + lane
              result[box] =
                !test.excludes(jet, lane: lane, halfWidth: halfWidth)
                && !isCovered(centres.baseAddress! + box * p, halfWidth)
            }
          }
        }
      }
    }
    try cancel?.check()
    return result
  }

  /// Whether the whole box lies where one known point is the only one.
  private func isCovered(_ centre: UnsafePointer<Double>, _ halfWidth: Double) -> Bool {
    let p = polynomial.angleCount
    for (number, radius) in radii.enumerated() {
      var square = 0.0
      for l in 0..<p {
        let turn = (centre[l] - known[number * p + l]).remainder(dividingBy: 2 * Double.pi)
        let corner = abs(turn) + halfWidth
        square += corner * corner
      }
      if square < 0.998 * radius * radius { return true }
    }
    return false
  }
}
