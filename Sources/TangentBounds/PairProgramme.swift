import TangentNumerics

/// The least sum of squares that is left of the labels' distances if predictions lie in a range and every two of them no
/// further apart than the states allow:
///
///     minimise sum_j (yhat_j - y_j)^2  over  low <= yhat_j <= high,  |yhat_a - yhat_b| <= w_ab.
///
/// Its dual is maximised one pair after the other (Hildreth, Naval Research Logistics Quarterly 4, 79, 1957): the
/// multiplier z_ab of both sides of a constraint pushes a down and b up, yhat_j = y_j - sum_b z_jb cut to the range, and
/// for fixed others the best z_ab is known in closed form. Every z gives a bound, so a solver that stops early gives a
/// weaker one, never a wrong one.
struct PairProgramme {
  private let labels: [Double]
  private let range: ClosedRange<Double>
  /// w_ab for a < b, row by row.
  private let widths: [Double]
  private var multipliers: [Double]
  /// What all pairs together push each prediction down.
  private var force: [Double]

  /// Visits of pairs, about a fifth of a second.
  private static let mostVisits = 30_000_000

  init(_ labels: [Double], range: ClosedRange<Double>, widths: [Double]) {
    self.labels = labels
    self.range = range
    self.widths = widths
    multipliers = [Double](repeating: 0, count: widths.count)
    force = [Double](repeating: 0, count: labels.count)
  }

  /// A lower bound of the sum of squares, the least one to ten digits unless there are very many pairs.
  mutating func bound(cancel: CancelToken?) throws(TangentError) -> Double {
    let tolerance = 1e-11 * (range.upperBound - range.lowerBound)
    var visits = 0
    while visits < PairProgramme.mostVisits {
      var active: [(first: Int, second: Int, pair: Int)] = []
      var change = 0.0
      var pair = 0
      for a in labels.indices {
        try cancel?.check()
        for b in labels.indices.dropFirst(a + 1) {
          change = max(change, improve(a, b, pair))
          if multipliers[pair] != 0 { active.append((a, b, pair)) }
          pair += 1
        }
      }
      visits += widths.count + 1
      if change <= tolerance { break }
      // Most pairs never matter; those that do settle among themselves before all are looked at again.
      while change > tolerance, visits < PairProgramme.mostVisits {
        change = 0
        try cancel?.check()
        for (a, b, pair) in active { change = max(change, improve(a, b, pair)) }
        visits += active.count
      }
    }
    return dual
  }

  /// Sets the multiplier of a pair to its best value; returns by how much it changes.
  @inline(__always)
  private mutating func improve(_ a: Int, _ b: Int, _ pair: Int) -> Double {
    let old = multipliers[pair]
    let (p, q) = (labels[a] - force[a] + old, labels[b] - force[b] - old)
    let new = push(p, down: q, widths[pair])
    let best = new > 0 ? new : -push(q, down: p, widths[pair])
    multipliers[pair] = best
    force[a] += best - old
    force[b] -= best - old
    return abs(best - old)
  }

  /// How far p must go down and q up until they are w apart; what lies outside the range counts as at its end.
  @inline(__always)
  private func push(_ p: Double, down q: Double, _ w: Double) -> Double {
    guard range.upperBound - range.lowerBound > w else { return 0 }
    return max(0, min(0.5 * (p - q - w), min(range.upperBound - q, p - range.lowerBound) - w))
  }

  private var dual: Double {
    var half = 0.0
    for (label, force) in zip(labels, force) {
      let prediction = min(max(label - force, range.lowerBound), range.upperBound)
      half += 0.5 * (prediction - label) * (prediction - label) + force * prediction
    }
    for (multiplier, width) in zip(multipliers, widths) { half -= abs(multiplier) * width }
    return 2 * max(half, 0)
  }
}
