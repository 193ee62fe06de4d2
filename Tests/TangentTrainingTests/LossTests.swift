import Glibc
import TangentNumerics
import TangentSimulation
import Testing

@testable import TangentTraining

private func evaluate(
  _ loss: some PredictionLoss, _ sample: Int, _ predictions: [Double]
) -> (value: Double, weights: [Double]) {
  var weights = [Double](repeating: .nan, count: predictions.count)
  let value = loss.evaluate(sample: sample, predictions: predictions, weights: &weights)
  return (value, weights)
}

@Suite struct LossTests {
  @Test func meanSquaredError() throws {
    let loss = try MeanSquaredError(targets: [1, 2, 3, 4], sampleCount: 2, outputCount: 2)
    let (value, weights) = evaluate(loss, 1, [2.5, 4.25])
    #expect(value == 0.5 * (0.25 + 0.0625) && weights == [-0.5, 0.25])
    // L = 1/(2m) sum of squares
    #expect(loss.mean(predictions: [1, 2, 2.5, 4.25], outputCount: 2) == (0.25 + 0.0625) / 4)
  }

  @Test func crossEntropy() throws {
    let loss = try CrossEntropy(labels: [2, 0], sampleCount: 2, outputCount: 3)
    let z = [0.3, -1.0, 0.8]
    let sum = exp(z[0]) + exp(z[1]) + exp(z[2])
    let (value, weights) = evaluate(loss, 0, z)
    #expect(abs(value + log(exp(z[2]) / sum)) < 1e-15)
    for a in 0..<3 { #expect(abs(weights[a] - (exp(z[a]) / sum - (a == 2 ? 1 : 0))) < 1e-15) }
    // and the weights are the value's derivatives
    for a in 0..<3 {
      var (up, down) = (z, z)
      up[a] += 1e-6
      down[a] -= 1e-6
      let slope = (evaluate(loss, 0, up).value - evaluate(loss, 0, down).value) / 2e-6
      #expect(abs(slope - weights[a]) < 1e-9)
    }
  }

  /// Logits of any size: exp alone would overflow, or lose everything.
  @Test func crossEntropyOfExtremeLogits() throws {
    let loss = try CrossEntropy(labels: [0], sampleCount: 1, outputCount: 2)
    #expect(evaluate(loss, 0, [1e4, -1e4]).value == 0)
    #expect(evaluate(loss, 0, [-1e4, 1e4]).value == 2e4)
    #expect(evaluate(loss, 0, [-1e4, 1e4]).weights == [-1, 1])
    #expect(abs(evaluate(loss, 0, [1e4, 1e4]).value - log(2)) < 1e-12)
  }

  @Test func badTargets() {
    #expect(throws: TangentError.invalid("the targets have 3 entries; 2 samples and 2 outputs need 4")) {
      try MeanSquaredError(targets: [1, 2, 3], sampleCount: 2, outputCount: 2)
    }
    #expect(throws: TangentError.invalid("target 1 is nan; targets must be finite")) {
      try MeanSquaredError(targets: [1, .nan], sampleCount: 2, outputCount: 1)
    }
    #expect(throws: TangentError.invalid("label 1 is 3; with 3 outputs labels lie in 0 to 2")) {
      try CrossEntropy(labels: [0, 3], sampleCount: 2, outputCount: 3)
    }
    #expect(throws: TangentError.invalid("there are 1 labels for 2 samples")) {
      try CrossEntropy(labels: [0], sampleCount: 2, outputCount: 3)
    }
    #expect(throws: TangentError.self) { try CrossEntropy(labels: [0], sampleCount: 1, outputCount: 1) }
  }
}
