import TangentSimulation

/// Half the sum of squares of predictions against 0.3 times the sample's number.
struct Squares: PredictionLoss {
  let outputs: Int

  func evaluate(
    sample: Int, predictions: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>
  ) -> Double {
    for a in 0..<outputs { weights[a] = predictions[a] - 0.3 * Double(sample) }
    return (0..<outputs).reduce(0) { $0 + weights[$1] * weights[$1] / 2 }
  }

  func curvature(
    sample: Int, predictions: UnsafePointer<Double>, direction: UnsafePointer<Double>,
    product: UnsafeMutablePointer<Double>
  ) {
    for a in 0..<outputs { product[a] = direction[a] }
  }
}
