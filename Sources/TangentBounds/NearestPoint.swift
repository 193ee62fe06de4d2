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

  /// The weights, of sum 1 but of any sign, that minimise ||sum_k w_k corner_k||. The steps from the first corner to the
  /// others span the face that the minimum is in; they are made orthonormal, since corners come as close together as
  /// rounding lets them and their inner products would tell only half of the digits. Nil if they are not independent.
  private func affineMinimiser() -> [Double]? {
    var basis: [[Double]] = []
    var lengths: [Double] = []
    // Of each step's direction along those before it and, last, along its own.
    var triangle: [[Double]] = []
    for corner in corners.dropFirst() {
      var step = zip(corner, corners[0]).map { $0 - $1 }
      let length = NearestPoint.norm(step)
      guard length > 1e-14 * (NearestPoint.norm(corner) + NearestPoint.norm(corners[0])) else { return nil }
      for j in step.indices { step[j] /= length }
      var along = [Double](repeating: 0, count: basis.count)
      for _ in 0..<2 {
        for (k, direction) in basis.enumerated() {
          let part = NearestPoint.product(step, direction)
          along[k] += part
          for j in step.indices { step[j] -= part * direction[j] }
        }
      }
      let own = NearestPoint.norm(step)
      guard own > 1e-10 else { return nil }
      basis.append(step.map { $0 / own })
      triangle.append(along + [own])
      lengths.append(length)
    }
    var parts = basis.map { -NearestPoint.product($0, corners[0]) }
    for k in basis.indices.reversed() {
      parts[k] /= triangle[k][k]
      for i in 0..<k { parts[i] -= parts[k] * triangle[k][i] }
    }
    let others = zip(parts, lengths).map { $0 / $1 }
    return [1 - others.reduce(0, +)] + others
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func norm(_ a: [Double]) -> Double { product(a, a).squareRoot() }
}
