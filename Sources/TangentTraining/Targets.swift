import TangentNumerics
import TangentSimulation

/// What the predictions are trained towards; the kind of target decides the loss.
public enum Targets: Sendable, Equatable {
  /// Values y, row-major (m, k): mean squared error, L = 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2.
  case values([Double])
  /// One class in 0..<k for each sample: cross-entropy, L = 1/m sum_j -log softmax(yhat_j)[label_j].
  case labels([Int])

  /// - Parameter weights: of the samples (m): L = sum_j w_j l_j / sum_j w_j instead of the mean.
  /// - Throws: `invalidArgument` where targets or weights do not fit the samples and outputs.
  public func loss(
    sampleCount: Int, outputCount: Int, weights: [Double]? = nil
  ) throws(TangentError) -> any PredictionLoss {
    let loss: any PredictionLoss =
      switch self {
      case .values(let values):
        try MeanSquaredError(targets: values, sampleCount: sampleCount, outputCount: outputCount)
      case .labels(let labels):
        try CrossEntropy(labels: labels, sampleCount: sampleCount, outputCount: outputCount)
      }
    guard let weights else { return loss }
    return try WeightedLoss(loss, weights: weights, sampleCount: sampleCount, outputCount: outputCount)
  }
}
