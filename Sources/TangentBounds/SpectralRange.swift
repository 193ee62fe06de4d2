import TangentNumerics

/// What bounds need to know of an observable's spectrum.
public struct SpectralRange: Sendable, Equatable {
  /// Holds every eigenvalue; the smallest such interval unless the observable is too large to tell.
  public let range: ClosedRange<Double>
  /// If both ends are eigenvalues of that multiplicity at least and there is no other eigenvalue; else 0.
  public let reflectionRank: Int
  /// Of all eigenvalues; the middle of the range where they are not known.
  let mean: Double
  /// The smallest eigenvalues, rising, and the largest, falling, each once for `multiplicity` of them; of a range alone its
  /// ends, which then hold for any number.
  private let lowest: [Double]
  private let highest: [Double]
  private let multiplicity: Int

  init(_ range: ClosedRange<Double>, reflectionRank: Int) {
    let (low, high) = (range.lowerBound, range.upperBound)
    self.init(
      range: range, reflectionRank: reflectionRank, mean: 0.5 * (low + high), lowest: [low], highest: [high],
      multiplicity: .max)
  }

  /// - Parameters:
  ///   - eigenvalues: at least one, each `multiplicity` times.
  ///   - isComplete: whether there are no others; else all that counts is the range.
  public init(eigenvalues: [Double], multiplicity: Int = 1, isComplete: Bool = true) {
    let (low, high) = (eigenvalues.min()!, eigenvalues.max()!)
    let tolerance = 1e-9 * (high - low)
    let atLow = eigenvalues.count { $0 <= low + tolerance }
    let atHigh = eigenvalues.count { $0 >= high - tolerance }
    let isReflection = low == high || atLow + atHigh == eigenvalues.count
    let reflectionRank = isReflection ? multiplicity * min(atLow, atHigh) : 0
    guard isComplete else {
      self.init(low...high, reflectionRank: reflectionRank)
      return
    }
    self.init(
      range: low...high, reflectionRank: reflectionRank,
      mean: eigenvalues.reduce(0) { $0 + $1 / Double(eigenvalues.count) },
      lowest: SpectralRange.largest(eigenvalues.lazy.map { -$0 }).map { -$0 },
      highest: SpectralRange.largest(eigenvalues), multiplicity: multiplicity)
  }

  private init(
    range: ClosedRange<Double>, reflectionRank: Int, mean: Double, lowest: [Double], highest: [Double],
    multiplicity: Int
  ) {
    self.range = range
    self.reflectionRank = reflectionRank
    self.mean = mean
    self.lowest = lowest
    self.highest = highest
    self.multiplicity = multiplicity
  }

  /// That of factor times the observable.
  func scaled(by factor: Double) -> SpectralRange {
    let ends = [factor * range.lowerBound, factor * range.upperBound].sorted()
    let (low, high) = factor < 0 ? (highest, lowest) : (lowest, highest)
    return SpectralRange(
      range: ends[0]...ends[1], reflectionRank: reflectionRank, mean: factor * mean,
      lowest: low.map { factor * $0 }, highest: high.map { factor * $0 }, multiplicity: multiplicity)
  }

  /// What makes sum_k values_k levels_k largest, for values in rising order: the largest levels for those above 0, the
  /// smallest for the others. That is von Neumann's trace inequality, and Hoelder's where only the range is known.
  func levels(for values: [Double]) -> [Double] {
    values.indices.map { k in
      values[k] < 0
        ? lowest[min(k / multiplicity, lowest.count - 1)]
        : highest[min((values.count - 1 - k) / multiplicity, highest.count - 1)]
    }
  }

  /// In falling order, no more of them than states can tell apart.
  private static func largest(_ values: some Sequence<Double>) -> [Double] {
    let most = LabelReach.mostDimensions
    var kept: [Double] = []
    var least = -Double.infinity
    for value in values where value > least || kept.count < most {
      kept.append(value)
      guard kept.count == 2 * most else { continue }
      kept.sort(by: >)
      kept.removeLast(most)
      least = kept[most - 1]
    }
    return Array(kept.sorted(by: >).prefix(most))
  }
}
