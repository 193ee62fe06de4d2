/// A loss that is a mean over samples, l_j depending on the predictions of sample j alone.
public protocol PredictionLoss: Sendable {
  /// Returns l_j and writes d l_j / d yhat_ja into `weights`, one a output. `sample` counts in the full training set.
  func evaluate(sample: Int, predictions: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>)
    -> Double

  /// Writes sum_b d^2 l_j / (d yhat_ja d yhat_jb) direction_b into `product`, one a output.
  func curvature(
    sample: Int, predictions: UnsafePointer<Double>, direction: UnsafePointer<Double>,
    product: UnsafeMutablePointer<Double>)
}
