/// What a gradient weights the derivatives of the outputs with.
enum OutputWeights {
  /// The derivatives of a loss, whose values go to `losses`, (sets, rows).
  case loss(any PredictionLoss, losses: UnsafeMutablePointer<Double>)
  /// (sets, rows, outputs), the same whatever the predictions.
  case given(UnsafePointer<Double>)

  /// The weights of one pair of set and sample, given its predictions.
  @inline(__always)
  func fill(
    _ weights: UnsafeMutablePointer<Double>, count k: Int, sample: Int, position: Int,
    predictions: UnsafePointer<Double>
  ) {
    switch self {
    case .loss(let loss, let losses):
      losses[position] = loss.evaluate(sample: sample, predictions: predictions, weights: weights)
    case .given(let given): weights.update(from: given + position &* k, count: k)
    }
  }
}
