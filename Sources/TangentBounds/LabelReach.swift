import TangentNumerics

/// How near the predictions of one output can come to their labels, whatever the parameters.
///
/// A prediction is tr(rho_j M), M = scale * U^dagger O U. For any weights w, by von Neumann's trace inequality,
///
///     sum_j w_j yhat_j <= h(w) = sum_i lambda_i(sum_j w_j rho_j) lambda_i(M),
///
/// both spectra sorted; where only lo <= M <= hi is known, every positive eigenvalue of the states' sum meets hi, every
/// negative one lo. Hence sum_j w_j (y_j - yhat_j) >= B(w) = w.y - h(w), and by Cauchy and Schwarz, where B(w) > 0,
///
///     sum_j (yhat_j - y_j)^2 >= B(w)^2 / sum_j w_j^2.                                                    (1)
///
/// One label with w = +-1 gives its distance from [lo, hi]. A pair with w = (1, -1) gives (D - R)^2/2 with
/// D = y_a - y_b and R = 2 gamma T, T the trace distance, sqrt(1 - |<a|b>|^2) for pure states. All pairs together bound
/// as in `PairProgramme`.
public struct LabelReach {
  let spectrum: SpectralRange
  let states: StateOverlaps

  /// Two samples and the sum of squares that they alone cost.
  struct Pair: Equatable {
    let first: Int
    let second: Int
    let squares: Double
    let distance: Double
  }

  /// How often eigenvectors of a matrix of this size may be taken in about a second, 100 at most.
  static func iterations(dimension: Int) -> Int {
    min(100, mostProducts / max(1, dimension * dimension * dimension))
  }

  private static let mostProducts = 400_000_000
  /// Of matrices that one iteration at least is for.
  static let mostDimensions = 736

  init(spectrum: SpectralRange, states: StateOverlaps) {
    self.spectrum = spectrum
    self.states = states
  }

  /// - Parameter pureStates: one a row.
  public init(spectrum: SpectralRange, pureStates: ComplexMatrix) {
    self.init(spectrum: spectrum, states: .pure(rows: pureStates))
  }

  public init(spectrum: SpectralRange, mixedStates: [ComplexMatrix]) {
    self.init(spectrum: spectrum, states: .mixed(mixedStates))
  }

  var range: ClosedRange<Double> { spectrum.range }

  private var halfWidth: Double { 0.5 * (range.upperBound - range.lowerBound) }

  /// The sum of squared distances of the labels from the range.
  func squaresOutside(_ labels: [Double]) -> Double {
    labels.reduce(0) { sum, label in
      let distance = label - clamped(label)
      return sum + distance * distance
    }
  }

  /// How low the loss 1/(2m) sum_j (yhat_j - y_j)^2 can get.
  /// - Parameter tolerance: how near the collective bound comes to the best one, relative to it, before the search ends.
  /// - Throws: `cancelled`, or `numerical` where eigenvalues do not converge.
  public func floor(
    _ labels: [Double], tolerance: Double = 1e-3, cancel: CancelToken? = nil
  ) throws(TangentError) -> OutputFloor {
    try bounds(labels, tolerance: tolerance, cancel: cancel).floor
  }

  /// The same, and the pair whose labels are out of reach by most.
  func bounds(
    _ labels: [Double], tolerance: Double = 1e-3, cancel: CancelToken?
  ) throws(TangentError) -> (floor: OutputFloor, worst: Pair?) {
    var pairwise = squaresOutside(labels)
    var (worst, closest): (Pair?, OutputFloor.Closest?) = (nil, nil)
    if let distances = try states.traceDistances(cancel: cancel) {
      (worst, closest) = try pairs(labels, distances, cancel)
      var programme = PairProgramme(labels, range: range, widths: distances.map { 2 * halfWidth * $0 })
      pairwise = max(pairwise, try programme.bound(cancel: cancel))
    }
    let joint = try joint(labels, tolerance: tolerance, cancel: cancel)
    let unit = 1 / Double(2 * labels.count)
    let floor = OutputFloor(
      pairwise: unit * pairwise, collective: unit * max(pairwise, joint.bound),
      isTight: joint.rank <= spectrum.reflectionRank, closest: closest, predictions: joint.predictions)
    return (floor, worst)
  }

  private func clamped(_ label: Double) -> Double { min(max(label, range.lowerBound), range.upperBound) }

  private func pairs(
    _ labels: [Double], _ distances: [Double], _ cancel: CancelToken?
  ) throws(TangentError) -> (worst: Pair?, closest: OutputFloor.Closest?) {
    let inside = labels.map(clamped)
    var (worst, least): (Pair?, Pair?) = (nil, nil)
    var k = 0
    for a in labels.indices {
      try cancel?.check()
      for b in labels.indices.dropFirst(a + 1) {
        let distance = distances[k]
        k += 1
        if labels[a] == labels[b] { continue }
        let excess = abs(inside[a] - inside[b]) - 2 * halfWidth * distance
        let pair = Pair(first: a, second: b, squares: 0.5 * excess * excess, distance: distance)
        if excess > 0, pair.squares > worst?.squares ?? 0 { worst = pair }
        if distance < least?.distance ?? .infinity { least = pair }
      }
    }
    return (
      worst,
      least.map { .init(first: $0.first, second: $0.second, overlap: 1 - $0.distance * $0.distance) }
    )
  }

  /// (1) for all samples together. The w that maximises it is the residual of the nearest reachable labels. Every
  /// w gives a bound and the reachable labels that are extreme in its direction; the nearest point between those
  /// seen so far gives the next w. Ends within `tolerance` of the best bound, or when it has taken about a second.
  private func joint(
    _ labels: [Double], tolerance: Double, cancel: CancelToken?
  ) throws(TangentError) -> (bound: Double, predictions: [Double], rank: Int) {
    let mean = spectrum.mean
    guard LabelReach.iterations(dimension: states.dimension) > 0 else {
      return (0, labels.map { _ in mean }, .max)
    }
    let (states, moved, rank) = try states.withoutFaintDirections(cancel)
    // The mean of all measurements predicts the mean of the spectrum everywhere.
    var nearest = NearestPoint(to: labels, from: [Double](repeating: mean, count: labels.count))
    var (best, before) = (0.0, Double.infinity)
    for _ in 0..<LabelReach.iterations(dimension: states.dimension) {
      try cancel?.check()
      let weights = nearest.residual
      let norm = weights.reduce(0) { $0 + $1 * $1 }
      if norm <= best * (1 + tolerance) || norm < 1e-24 || norm >= before { break }
      before = norm
      let eigen = try HermitianEigen(states.weightedSum(weights, cancel: cancel), cancel: cancel)
      // States without their faint directions have a trace below 1, which the mean makes up for.
      let levels = spectrum.levels(for: eigen.values).map { $0 - mean }
      let extreme = try states.expectations(of: levels, in: eigen.vectors, cancel: cancel).map { mean + $0 }
      var bound = 0.0
      for j in labels.indices {
        bound += weights[j] * (labels[j] - extreme[j])
        // What rounding may have added, of the bound and of the loss that is compared with it.
        bound -= 16 * .ulpOfOne * abs(weights[j]) * (abs(labels[j]) + abs(extreme[j]))
      }
      for j in moved.indices { bound -= farthest * abs(weights[j]) * moved[j] }
      if bound > 0 { best = max(best, bound * bound / norm) }
      nearest.add(corner: extreme)
    }
    return (best, zip(labels, nearest.residual).map { $0 - $1 }, rank)
  }

  /// Of a level from the mean.
  private var farthest: Double { max(range.upperBound - spectrum.mean, spectrum.mean - range.lowerBound) }
}
