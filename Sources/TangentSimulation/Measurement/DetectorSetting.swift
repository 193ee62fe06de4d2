import TangentNumerics

/// One setting of the detectors for a part of an observable: what can come out, and how often.
public struct DetectorSetting: Sendable, Equatable {
  /// The observable that it is a part of.
  public let output: Int
  /// The expectations that tell the chances.
  public let probes: Range<Int>
  /// What can come out, (D).
  public let outcomes: [Double]
  /// (D, 1 + probes): the chance of an outcome is a constant and a factor of each expectation.
  public let chances: [Double]
  /// Where one expectation tells two chances, without any list.
  private let two: Two?

  private struct Two: Equatable {
    let probe: Int
    /// Of the second outcome.
    let constant: Double
    let factor: Double
    let low: Double
    let width: Double
  }

  /// - Throws: `invalidArgument` for lengths that do not fit, fewer than two outcomes, and numbers that are not finite.
  public init(
    output: Int, probes: Range<Int>, outcomes: [Double], chances: [Double]
  ) throws(TangentError) {
    guard outcomes.count >= 2, !probes.isEmpty, chances.count == outcomes.count * (1 + probes.count) else {
      throw .invalid(
        "a setting has \(outcomes.count) outcomes, \(probes.count) probes and \(chances.count) factors; it needs at least two outcomes, and a constant and a factor of each probe for every one"
      )
    }
    guard outcomes.firstNonFinite == nil, chances.firstNonFinite == nil else {
      throw .invalid("an outcome or a chance is not finite")
    }
    self.output = output
    self.probes = probes
    self.outcomes = outcomes
    self.chances = chances
    two =
      outcomes.count == 2 && probes.count == 1
      ? Two(
        probe: probes.lowerBound, constant: chances[2], factor: chances[3], low: outcomes[0],
        width: outcomes[1] - outcomes[0])
      : nil
  }

  /// The expectation at which both of two outcomes are as likely.
  var middle: Double { (0.5 - chances[2]) / chances[3] }

  /// Whether an expectation tells two chances.
  var hasTwoOutcomes: Bool { two != nil }

  /// About as long as a draw takes.
  static let nanosecondsPerDraw = 80

  /// The mean of so many shots at these expectations, and the unbiased estimate of its variance, NaN for one shot; without
  /// shots the exact mean, and the variance of one shot.
  /// - Parameter scratch: of as many numbers as there are outcomes.
  func measure(
    _ expectations: UnsafePointer<Double>, shots: Int?, _ random: inout Philox,
    scratch: UnsafeMutablePointer<Double>
  ) -> Moments {
    guard let two else {
      chances(expectations, into: scratch)
      return if let shots { draw(scratch, shots: shots, from: &random) } else { moments(scratch) }
    }
    // Rounding leaves the range by a bit.
    var share = min(max(two.constant + two.factor * expectations[two.probe], 0), 1)
    var trials = 1.0
    // Expectations that overflowed stay visible.
    if let shots, !share.isNaN {
      share = Double(random.binomial(shots, share)) / Double(shots)
      trials = shots > 1 ? Double(shots - 1) : .nan
    }
    return Moments(
      mean: two.low + two.width * share, variance: share * (1 - share) * two.width * two.width / trials)
  }

  /// The chances at so many expectations, between 0 and 1 and with the sum 1 whatever rounding does.
  private func chances(_ expectations: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>) {
    let width = 1 + probes.count
    var sum = 0.0
    for d in outcomes.indices {
      var chance = chances[d * width]
      for k in 1..<width { chance += chances[d * width + k] * expectations[probes.lowerBound + k - 1] }
      result[d] = max(chance, 0)
      sum += result[d]
    }
    for d in outcomes.indices { result[d] /= sum }
  }

  /// The exact mean, and the variance of one shot.
  private func moments(_ chances: UnsafePointer<Double>) -> Moments {
    var mean = 0.0
    for d in outcomes.indices { mean += chances[d] * outcomes[d] }
    var variance = 0.0
    for d in outcomes.indices { variance += chances[d] * (outcomes[d] - mean) * (outcomes[d] - mean) }
    return Moments(mean: mean, variance: variance)
  }

  /// The mean of so many shots, and the unbiased estimate of its variance, NaN for one shot.
  private func draw(_ chances: UnsafePointer<Double>, shots: Int, from random: inout Philox) -> Moments {
    let n = Double(shots)
    // Expectations that overflowed stay visible.
    if chances[0].isNaN { return Moments(mean: .nan, variance: .nan) }
    var (rest, left, mean, square) = (shots, 1.0, 0.0, 0.0)
    for d in outcomes.indices {
      let isLast = d == outcomes.count - 1
      let count = isLast ? rest : random.binomial(rest, left > 0 ? min(chances[d] / left, 1) : 0)
      let share = Double(count) / n
      let distance = outcomes[d] - outcomes[0]
      mean += share * distance
      square += share * distance * distance
      rest -= count
      left -= chances[d]
    }
    return Moments(
      mean: outcomes[0] + mean, variance: shots > 1 ? max(square - mean * mean, 0) / (n - 1) : .nan)
  }

  struct Moments {
    var mean = 0.0
    var variance = 0.0
  }
}
