import TangentNumerics
import TangentSimulation

/// w_j l_j m / sum_i w_i, whose mean over samples is that of l_j weighted by w_j.
struct WeightedLoss: PredictionLoss {
  private let base: any PredictionLoss
  private let factors: [Double]
  private let outputCount: Int

  /// - Throws: `invalidArgument` for a wrong count, a weight that is negative or not finite, and weights that are all 0.
  init(
    _ base: any PredictionLoss, weights: [Double], sampleCount: Int, outputCount: Int
  ) throws(TangentError) {
    guard weights.count == sampleCount else {
      throw .invalid("there are \(weights.count) weights for \(sampleCount) samples")
    }
    if let j = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .invalid("weight \(j) is \(weights[j]); weights are finite and at least 0")
    }
    let sum = weights.reduce(0, +)
    guard sum > 0, sum.isFinite else {
      throw .invalid("the weights sum to \(sum); their sum must be finite and above 0")
    }
    self.base = base
    factors = weights.map { $0 / sum * Double(sampleCount) }
    self.outputCount = outputCount
  }

  func evaluate(
    sample: Int, predictions: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>
  ) -> Double {
    let loss = base.evaluate(sample: sample, predictions: predictions, weights: weights)
    for a in 0..<outputCount { weights[a] *= factors[sample] }
    return factors[sample] * loss
  }

  func curvature(
    sample: Int, predictions: UnsafePointer<Double>, direction: UnsafePointer<Double>,
    product: UnsafeMutablePointer<Double>
  ) {
    base.curvature(sample: sample, predictions: predictions, direction: direction, product: product)
    for a in 0..<outputCount { product[a] *= factors[sample] }
  }
}
