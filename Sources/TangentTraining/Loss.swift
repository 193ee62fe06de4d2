import TangentNumerics
import TangentSimulation

/// l_j = 1/2 sum_a (yhat_ja - y_ja)^2.
public struct MeanSquaredError: PredictionLoss {
  /// (m, k).
  public let targets: [Double]
  public let outputCount: Int

  /// - Throws: `invalidArgument` for a wrong count or for values that are not finite.
  public init(targets: [Double], sampleCount: Int, outputCount: Int) throws(TangentError) {
    // A run's file may claim any number of samples.
    let (needed, overflow) = sampleCount.multipliedReportingOverflow(by: outputCount)
    guard targets.count == needed, !overflow else {
      throw .invalid(
        "the targets have \(targets.count) entries; \(sampleCount) samples and \(outputCount) outputs need \(overflow ? "far more" : "\(needed)")"
      )
    }
    if let k = targets.firstNonFinite {
      throw .invalid("target \(k) is \(targets[k]); targets must be finite")
    }
    self.targets = targets
    self.outputCount = outputCount
  }

  public func evaluate(
    sample: Int, predictions: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>
  ) -> Double {
    var sum = 0.0
    for a in 0..<outputCount {
      let residual = predictions[a] - targets[sample * outputCount + a]
      weights[a] = residual
      sum += residual * residual
    }
    return 0.5 * sum
  }

  /// The identity.
  public func curvature(
    sample: Int, predictions: UnsafePointer<Double>, direction: UnsafePointer<Double>,
    product: UnsafeMutablePointer<Double>
  ) {
    for a in 0..<outputCount { product[a] = direction[a] }
  }
}

/// l_j = -log softmax(yhat_j)[label_j], the k predictions of a sample as logits.
public struct CrossEntropy: PredictionLoss {
  /// (m), each in 0..<k.
  public let labels: [Int]
  public let outputCount: Int

  /// - Throws: `invalidArgument` for fewer than two outputs, a wrong count, or a label outside 0..<k.
  public init(labels: [Int], sampleCount: Int, outputCount: Int) throws(TangentError) {
    guard outputCount >= 2 else {
      throw .invalid(
        "cross-entropy needs at least 2 outputs, the model has \(outputCount); add an observable per class")
    }
    guard labels.count == sampleCount else {
      throw .invalid("there are \(labels.count) labels for \(sampleCount) samples")
    }
    if let j = labels.firstIndex(where: { $0 < 0 || $0 >= outputCount }) {
      throw .invalid(
        "label \(j) is \(labels[j]); with \(outputCount) outputs labels lie in 0 to \(outputCount - 1)")
    }
    self.labels = labels
    self.outputCount = outputCount
  }

  public func evaluate(
    sample: Int, predictions: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>
  ) -> Double {
    let (largest, sum) = softmax(predictions, into: weights)
    let label = labels[sample]
    weights[label] -= 1
    return log(sum) - (predictions[label] - largest)
  }

  /// diag(s) - s s^T, s = softmax(yhat_j).
  public func curvature(
    sample: Int, predictions: UnsafePointer<Double>, direction: UnsafePointer<Double>,
    product: UnsafeMutablePointer<Double>
  ) {
    _ = softmax(predictions, into: product)
    var mean = 0.0
    for a in 0..<outputCount { mean += product[a] * direction[a] }
    for a in 0..<outputCount { product[a] *= direction[a] - mean }
  }

  /// The largest prediction, and the sum of exp(prediction - largest).
  private func softmax(
    _ predictions: UnsafePointer<Double>, into shares: UnsafeMutablePointer<Double>
  ) -> (largest: Double, sum: Double) {
    var largest = predictions[0]
    for a in 1..<outputCount { largest = max(largest, predictions[a]) }
    var sum = 0.0
    for a in 0..<outputCount {
      shares[a] = exp(predictions[a] - largest)
      sum += shares[a]
    }
    for a in 0..<outputCount { shares[a] /= sum }
    return (largest, sum)
  }
}

extension PredictionLoss {
  /// The mean over all samples, from predictions (m, k) of one set of parameters.
  func mean(predictions: ArraySlice<Double>, outputCount: Int) -> Double {
    let sampleCount = predictions.count / outputCount
    var weights = [Double](repeating: 0, count: outputCount)
    var sum = 0.0
    predictions.withUnsafeBufferPointer { buffer in
      for j in 0..<sampleCount {
        sum += evaluate(sample: j, predictions: buffer.baseAddress! + j * outputCount, weights: &weights)
      }
    }
    return sum / Double(sampleCount)
  }
}
