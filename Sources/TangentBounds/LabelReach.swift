import TangentNumerics

/// How near the predictions of one output can come to their labels, whatever the parameters.
///
/// A prediction is tr(rho_j M) with lo <= M <= hi, M = scale * U^dagger O U; let c = (lo + hi)/2 and
/// gamma = (hi - lo)/2. For any weights w, by Hoelder,
///
///     sum_j w_j yhat_j <= c sum_j w_j + gamma ||sum_j w_j rho_j||_1,
///
/// hence sum_j w_j (y_j - yhat_j) >= B(w) = sum_j w_j (y_j - c) - gamma ||sum_j w_j rho_j||_1, and by Cauchy and
/// Schwarz, where B(w) > 0,
///
///     sum_j (yhat_j - y_j)^2 >= B(w)^2 / sum_j w_j^2.                                                    (1)
///
/// One label with w = +-1 gives its distance from [lo, hi]. A pair with w = (1, -1) gives (D - R)^2/2 with
/// D = y_a - y_b and R = 2 gamma T, T the trace distance, sqrt(1 - |<a|b>|^2) for pure states. Disjoint pairs
/// have disjoint residuals, so their bounds add up. For pairs, labels outside the range are first moved to its nearest
/// end y': as yhat lies in the range, (yhat - y)^2 >= (yhat - y')^2 + (y - y')^2, so those distances add too.
public struct LabelReach {
  let range: ClosedRange<Double>
  let states: StateOverlaps

  struct Pair: Equatable {
    let first: Int
    let second: Int
    let squares: Double
  }

  static let maximumIterations = 100

  init(range: ClosedRange<Double>, states: StateOverlaps) {
    self.range = range
    self.states = states
  }

  /// - Parameter pureStates: one a row.
  public init(range: ClosedRange<Double>, pureStates: ComplexMatrix) {
    self.init(range: range, states: .pure(rows: pureStates))
  }

  public init(range: ClosedRange<Double>, mixedStates: [ComplexMatrix]) {
    self.init(range: range, states: .mixed(mixedStates))
  }

  private var halfWidth: Double { 0.5 * (range.upperBound - range.lowerBound) }

  /// The sum of squared distances of the labels from the range.
  func squaresOutside(_ labels: [Double]) -> Double {
    labels.reduce(0) { sum, label in
      let distance = label - clamped(label)
      return sum + distance * distance
    }
  }

  /// A lower bound of sum_j (yhat_j - y_j)^2.
  func squares(_ labels: [Double], cancel: CancelToken?) throws(TangentError) -> (bound: Double, worst: Pair?)
  {
    let inside = labels.map(clamped)
    let pairs = try disjointPairs(inside, cancel: cancel)
    let paired = pairs.reduce(0) { $0 + $1.squares }
    let isSmall = states.dimension <= StateOverlaps.maximumDimension
    let joint = isSmall ? try joint(labels, cancel: cancel).bound : 0
    return (max(squaresOutside(labels) + paired, joint), pairs.first)
  }

  /// A lower bound of sum_j (yhat_j - y_j)^2 from all states together, within a thousandth of the best one, and the
  /// predictions of a measurement that nearly reaches it.
  /// - Throws: `cancelled`, or `numerical` where eigenvalues do not converge.
  public func nearest(
    to labels: [Double], cancel: CancelToken? = nil
  ) throws(TangentError) -> (squares: Double, predictions: [Double]) {
    let found = try joint(labels, cancel: cancel)
    return (max(squaresOutside(labels), found.bound), found.predictions)
  }

  private func clamped(_ label: Double) -> Double { min(max(label, range.lowerBound), range.upperBound) }

  /// Greedily, the pair with the highest bound first.
  private func disjointPairs(_ labels: [Double], cancel: CancelToken?) throws(TangentError) -> [Pair] {
    guard states.pairsAreAffordable else { return [] }
    var pairs: [Pair] = []
    for a in labels.indices {
      try cancel?.check()
      for b in labels.indices.dropFirst(a + 1) where labels[a] != labels[b] {
        let excess = abs(labels[a] - labels[b]) - 2 * halfWidth * (try states.traceDistance(a, b))
        if excess > 0 { pairs.append(Pair(first: a, second: b, squares: 0.5 * excess * excess)) }
      }
    }
    pairs.sort { ($1.squares, $0.first, $0.second) < ($0.squares, $1.first, $1.second) }
    var taken = Set<Int>()
    return pairs.filter { pair in
      guard !taken.contains(pair.first), !taken.contains(pair.second) else { return false }
      taken.formUnion([pair.first, pair.second])
      return true
    }
  }

  /// (1) for all samples together. The w that maximises it is the residual of the nearest reachable labels. Every
  /// w gives a bound and the reachable labels that are extreme in its direction; the nearest point between those
  /// seen so far gives the next w. Ends within a thousandth of the best bound.
  private func joint(
    _ labels: [Double], cancel: CancelToken?
  ) throws(TangentError) -> (bound: Double, predictions: [Double]) {
    let (states, moved) = try states.withoutFaintDirections()
    let center = 0.5 * (range.lowerBound + range.upperBound)
    var nearest = NearestPoint(to: labels, from: [Double](repeating: center, count: labels.count))
    var (best, before) = (0.0, Double.infinity)
    for _ in 0..<LabelReach.maximumIterations {
      try cancel?.check()
      let weights = nearest.residual
      let norm = weights.reduce(0) { $0 + $1 * $1 }
      if norm <= best * 1.001 || norm < 1e-24 || norm >= before { break }
      before = norm
      let eigen = try HermitianEigen(states.weightedSum(weights))
      let extreme = states.expectations(ofSign: eigen).map { center + halfWidth * $0 }
      var bound = 0.0
      for j in labels.indices { bound += weights[j] * (labels[j] - extreme[j]) }
      for j in moved.indices { bound -= halfWidth * abs(weights[j]) * moved[j] }
      if bound > 0 { best = max(best, bound * bound / norm) }
      nearest.add(corner: extreme)
    }
    return (best, zip(labels, nearest.residual).map { $0 - $1 })
  }
}
