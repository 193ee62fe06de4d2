import TangentNumerics

/// The point nearest to a target in a polytope whose corners come one by one.
///
/// Source: Wolfe, "Finding the nearest point in a polytope", Math. Programming 11, 128 (1976). The corners that are
/// kept have positive weights and are affinely independent, so they stay few.
struct NearestPoint {
  let target: [Double]
  /// Relative to the target.
  private var corners: [[Double]]
  private var weights = [1.0]

  /// A polytope of one corner.
  init(to target: [Double], from corner: [Double]) {
    self.target = target
    corners = [zip(corner, target).map { $0 - $1 }]
  }

  /// The target minus the nearest point.
  var residual: [Double] {
    target.indices.map { j in
      var sum = 0.0
      for k in corners.indices { sum -= weights[k] * corners[k][j] }
      return sum
    }
  }

  mutating func add(corner: [Double]) {
    corners.append(zip(corner, target).map { $0 - $1 })
    weights.append(0)
    while true {
      guard let wanted = affineMinimiser() else {
        // Rounding hides what the new corner could bring.
        corners.removeLast()
        weights.removeLast()
        return
      }
      // As far towards the minimiser as all weights stay positive; corners that lose theirs go.
      var step = 1.0
      for (weight, goal) in zip(weights, wanted) where goal < 0 { step = min(step, weight / (weight - goal)) }
      for k in weights.indices { weights[k] += step * (wanted[k] - weights[k]) }
      if step == 1 { return }
      // The step may be of no length; the new corner, on its way up from zero, stays all the same.
      let kept = weights.indices.filter { weights[$0] > 1e-12 || wanted[$0] > 0 }
      corners = kept.map { corners[$0] }
      weights = kept.map { weights[$0] }
    }
  }

  /// The weights, of sum 1 but of any sign, that minimise ||sum_k w_k corner_k||: the solution of (G + 1 1^T) u = 1,
  /// divided by its sum, with G the Gram matrix. Nil if the corners are not independent.
  private func affineMinimiser() -> [Double]? {
    let n = corners.count
    var gram = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i { gram[i * n + j] = 1 + zip(corners[i], corners[j]).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    guard let factor = Cholesky(gram, dimension: n, leastPivot: 1e-13) else { return nil }
    let solution = factor.solve([Double](repeating: 1, count: n))
    let sum = solution.reduce(0, +)
    return solution.map { $0 / sum }
  }
}
