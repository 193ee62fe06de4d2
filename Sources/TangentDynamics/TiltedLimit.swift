import TangentNumerics

/// The over-parameterised limit of training on one pure sample, in closed form up to one scalar.
///
/// With the weights q_k of the sample on the levels l_k of the measurement before training, the weights at time t are
/// those of the exponential tilt, q_k e^(tau l_k) normalised, and
///
///     d tau/dt = 2 c (y - yhat(tau)),   K/Zsum = 2 kappa_2,   mu/Zsum^2 = 2 kappa_3,   lambda/Zsum = kappa_3/kappa_2,
///
/// kappa_n the cumulants of the tilted weights. Derived in docs/maths.md, section "one pure sample".
public struct TiltedLimit: Sendable, Equatable {
  public internal(set) var tau: [Double] = []
  /// yhat - y, to full relative accuracy also where yhat approaches a level that is the label.
  public internal(set) var residuals: [Double] = []
  /// The limit of K/Zsum.
  public internal(set) var kernel: [Double] = []
  /// The limit of mu/Zsum^2.
  public internal(set) var dqntk: [Double] = []
  /// The limit of lambda/Zsum = mu/(K Zsum).
  public internal(set) var lambda: [Double] = []

  /// - Parameters:
  ///   - levels: eigenvalues of the scaled observable; equal ones need not be merged.
  ///   - weights: of the sample on the levels, normalised here.
  ///   - input: one label, the times and the rate c.
  /// - Throws: `invalidArgument` for levels or weights that are not finite, negative weights, counts that differ or
  ///   another number of labels than one; `cancelled`; `numerical`.
  public init(
    levels: [Double], weights: [Double], _ input: FlowInput, cancel: CancelToken? = nil
  ) throws(TangentError) {
    try input.validate(sampleCount: 1)
    var tilt = try ExponentialTilt(levels: levels, weights: weights, label: input.labels[0])
    let integrator = try DormandPrince(relativeTolerance: flowTolerance, absoluteTolerance: flowTolerance)
    // The tilt times the levels' width, so that the tolerance does not depend on their unit.
    let width = tilt.width
    let rate = 2 * input.rate * width
    try integrator.integrate(
      [0], from: 0, at: input.times, cancel: cancel,
      derivative: { _, state, out throws(TangentError) in
        tilt.move(to: state[0] / width)
        out[0] = -rate * tilt.residual
      },
      visit: { _, state throws(TangentError) in
        tilt.move(to: state[0] / width)
        let (second, third) = tilt.centralMoments
        tau.append(state[0] / width)
        residuals.append(tilt.residual)
        kernel.append(2 * second)
        dqntk.append(2 * third)
        lambda.append(second > 0 ? third / second : tilt.gapToNext)
      })
  }
}

/// Weights proportional to q_k e^(tau l_k), by their logarithms: the largest is 1, so nothing overflows.
private struct ExponentialTilt {
  private let levels: [Double]
  /// Of the weights before training.
  private let logarithms: [Double]
  private let label: Double
  private var weights: [Double]
  private var total = 1.0
  private var tau = 0.0
  private var heaviest = 0

  init(levels: [Double], weights: [Double], label: Double) throws(TangentError) {
    guard levels.count == weights.count, !levels.isEmpty else {
      throw .invalid("\(levels.count) levels and \(weights.count) weights; there must be one weight a level")
    }
    for (index, level) in levels.enumerated() where !level.isFinite {
      throw .invalid("level \(index) is \(level); it must be finite")
    }
    for (index, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
      throw .invalid("weight \(index) is \(weight); it must be finite and not negative")
    }
    guard weights.contains(where: { $0 > 0 }) else {
      throw .invalid("all weights are 0; a state has weight on at least one level")
    }
    let touched = weights.indices.filter { weights[$0] > 0 }
    self.levels = touched.map { levels[$0] }
    logarithms = touched.map { log(weights[$0]) }
    self.label = label
    self.weights = [Double](repeating: 0, count: touched.count)
    move(to: 0)
  }

  /// Of the levels that the state touches; 1 where it touches one.
  var width: Double {
    let range = (levels.max() ?? 0) - (levels.min() ?? 0)
    return range > 0 ? range : 1
  }

  mutating func move(to tau: Double) {
    self.tau = tau
    var largest = -Double.infinity
    for k in levels.indices {
      weights[k] = logarithms[k] + tau * levels[k]
      if weights[k] > largest { (heaviest, largest) = (k, weights[k]) }
    }
    total = 0
    for k in weights.indices {
      weights[k] = exp(weights[k] - largest)
      total += weights[k]
    }
  }

  /// 0 where only rounding is left of it: else an explicit integrator would follow its sign for ever, in steps as short
  /// as the kernel's rate is large. Where yhat approaches a level that is the label, all terms have one sign.
  var residual: Double {
    var (sum, sizes) = (0.0, 0.0)
    for k in levels.indices {
      let term = weights[k] * (levels[k] - label)
      sum += term
      sizes += abs(term)
    }
    return abs(sum) <= 4 * Double.ulpOfOne * sizes ? 0 : sum / total
  }

  /// kappa_2 and kappa_3. Measured from the heaviest level, which the mean may approach to less than its own rounding.
  var centralMoments: (second: Double, third: Double) {
    let origin = levels[heaviest]
    var mean = 0.0
    for k in levels.indices { mean += weights[k] * (levels[k] - origin) }
    mean /= total
    var (second, third) = (0.0, 0.0)
    for k in levels.indices {
      let distance = levels[k] - origin - mean
      let square = weights[k] * distance * distance
      second += square
      third += square * distance
    }
    return (second / total, third / total)
  }

  /// What kappa_3/kappa_2 tends to when one level takes all the weight: the way to the next level.
  var gapToNext: Double {
    let top = levels[heaviest]
    // By logarithms, since weights may have vanished.
    var (next, largest) = (top, -Double.infinity)
    for k in levels.indices where levels[k] != top {
      let weight = logarithms[k] + tau * levels[k]
      if weight > largest { (next, largest) = (levels[k], weight) }
    }
    return next - top
  }
}
