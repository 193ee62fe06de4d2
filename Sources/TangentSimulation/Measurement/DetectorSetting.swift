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
  let two: TwoOutcomes?

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
      ? TwoOutcomes(
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
    let chance = two.chance(SIMD4(repeating: expectations[two.probe]))[0]
    // Expectations that overflowed stay visible.
    guard let shots, !chance.isNaN else { return two.moments(chance, shots: nil) }
    return two.moments(Double(random.binomial(shots, chance)) / Double(shots), shots: shots)
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

/// Outcomes whose chances one expectation tells.
struct TwoOutcomes: Sendable, Equatable, BitwiseCopyable {
  let probe: Int
  /// Of the chance of the second outcome.
  let constant: Double
  let factor: Double
  let low: Double
  let width: Double

  /// Those of the second outcome; rounding leaves 0 to 1 by a bit.
  func chance(_ expectations: SIMD4<Double>) -> SIMD4<Double> {
    let chance = constant + factor * expectations
    return chance.replacing(with: 0, where: chance .< 0).replacing(with: 1, where: chance .> 1)
  }

  /// From the share of the second outcome: mean, and the estimate of its variance; without shots the share is a chance, and
  /// the variance that of one shot.
  func moments(_ share: Double, shots: Int?) -> DetectorSetting.Moments {
    let trials = shots.map { $0 > 1 ? Double($0 - 1) : .nan } ?? 1
    return DetectorSetting.Moments(
      mean: low + width * share, variance: share * (1 - share) * width * width / trials)
  }
}
