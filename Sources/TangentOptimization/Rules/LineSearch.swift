/// Finds a step that satisfies the strong Wolfe conditions, by bracketing and zooming.
///
/// Source: Nocedal, Wright, "Numerical Optimization", 2nd edition, algorithms 3.5 and 3.6, with safeguarded
/// cubic interpolation.
struct LineSearch {
  static let sufficientDecrease = 1e-4
  static let curvature = 0.9
  static let maximumEvaluations = 25

  /// The point at distance 0; its slope is negative.
  let origin: LinePoint
  private var evaluations = 0

  init(origin: LinePoint) { self.origin = origin }

  /// - Parameter first: the distance tried first.
  /// - Returns: a Wolfe point, else the lowest point below the origin that was met, else nil.
  mutating func run<Failure: Error>(
    first: Double, evaluate: (Double) throws(Failure) -> LinePoint
  ) throws(Failure) -> LinePoint? {
    var previous = origin
    var alpha = first
    while evaluations < LineSearch.maximumEvaluations {
      evaluations += 1
      let point = try evaluate(alpha)
      if !decreasesEnough(point) || (point.loss >= previous.loss && previous.alpha > 0) {
        return try zoom(low: previous, high: point, evaluate: evaluate)
      }
      if isFlatEnough(point) { return point }
      if point.slope >= 0 { return try zoom(low: point, high: previous, evaluate: evaluate) }
      let extrapolated = LineSearch.cubicMinimum(previous, point)
      previous = point
      alpha = min(max(extrapolated ?? 4 * alpha, 2 * alpha), 10 * alpha)
    }
    return improvement(previous)
  }

  /// `low` satisfies the decrease condition and is the lowest such point; a Wolfe point lies towards `high`.
  private mutating func zoom<Failure: Error>(
    low: LinePoint, high: LinePoint, evaluate: (Double) throws(Failure) -> LinePoint
  ) throws(Failure) -> LinePoint? {
    var (low, high) = (low, high)
    while evaluations < LineSearch.maximumEvaluations {
      let width = high.alpha - low.alpha
      let (left, right) = (min(low.alpha, high.alpha), max(low.alpha, high.alpha))
      let margin = 0.1 * (right - left)
      var alpha = LineSearch.cubicMinimum(low, high) ?? low.alpha + 0.5 * width
      alpha = min(max(alpha, left + margin), right - margin)
      if alpha <= left || alpha >= right { break }  // the bracket is down to rounding
      evaluations += 1
      let point = try evaluate(alpha)
      if !decreasesEnough(point) || point.loss >= low.loss && !isFlatEnough(point) {
        high = point
      } else {
        if isFlatEnough(point) { return point }
        if point.slope * width >= 0 { high = low }
        low = point
      }
    }
    return improvement(low)
  }

  /// With a slack of a few rounding errors of the loss: at convergence the decrease drowns in them while the
  /// slope still tells the way.
  private func decreasesEnough(_ point: LinePoint) -> Bool {
    let slack = 0x1p-50 * abs(origin.loss)
    return point.loss <= origin.loss + LineSearch.sufficientDecrease * point.alpha * origin.slope + slack
  }

  private func isFlatEnough(_ point: LinePoint) -> Bool {
    abs(point.slope) <= LineSearch.curvature * abs(origin.slope)
  }

  private func improvement(_ point: LinePoint) -> LinePoint? {
    point.alpha > 0 && point.loss < origin.loss ? point : nil
  }

  /// The minimum of the cubic through two points and their slopes; nil if it has none.
  static func cubicMinimum(_ a: LinePoint, _ b: LinePoint) -> Double? {
    let d = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.alpha - b.alpha)
    let discriminant = d * d - a.slope * b.slope
    guard discriminant >= 0 else { return nil }
    let root = b.alpha > a.alpha ? discriminant.squareRoot() : -discriminant.squareRoot()
    let minimum = b.alpha - (b.alpha - a.alpha) * (b.slope + root - d) / (b.slope - a.slope + 2 * root)
    return minimum.isFinite ? minimum : nil
  }
}
