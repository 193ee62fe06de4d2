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

  /// Second derivatives against differences of first ones, in every direction.
  @Test(arguments: [0, 1]) func curvature(kind: Int) throws {
    let loss: any PredictionLoss =
      kind == 0
      ? try MeanSquaredError(targets: [1, 2, 3], sampleCount: 1, outputCount: 3)
      : try CrossEntropy(labels: [2], sampleCount: 1, outputCount: 3)
    let z = [0.3, -1.0, 0.8]
    for direction in [[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0.4, -1.5, 0.7]] {
      var product = [Double](repeating: .nan, count: 3)
      loss.curvature(sample: 0, predictions: z, direction: direction, product: &product)
      func weights(_ step: Double) -> [Double] {
        evaluate(loss, 0, zip(z, direction).map { $0 + step * $1 }).weights
      }
      let (up, down) = (weights(1e-5), weights(-1e-5))
      for a in 0..<3 { #expect(abs((up[a] - down[a]) / 2e-5 - product[a]) < 1e-9) }
    }
  }

  /// The Hessian of a mean loss of several outputs from Jacobians and Hessians:
  /// (1/m) sum_j (J_j^T C_j J_j + sum_a w_ja H_ja), C_j = diag(s_j) - s_j s_j^T and w_j = s_j - e_label.
  @Test func hessianOfCrossEntropy() throws {
    let problem = try Problem(outputs: 3, scale: 2)
    let (m, k, p) = (6, 3, problem.model.circuit.parameterCount)
    let theta = try ParameterSets((0..<p).map { 0.3 + 0.7 * Double($0) })
    let loss = try CrossEntropy(labels: (0..<m).map { $0 % k }, sampleCount: m, outputCount: k)
    let (predictions, jacobian) = try problem.model.jacobian(theta, problem.data)
    let hessians = try problem.model.hessian(theta, problem.data)
    var expected = [Double](repeating: 0, count: p * p)
    for j in 0..<m {
      let shares = (0..<k).map { exp(predictions[j * k + $0]) }
      let s = shares.map { $0 / shares.reduce(0, +) }
      for u in 0..<p {
        for v in 0..<p {
          for a in 0..<k {
            let row = (j * k + a) * p
            expected[u * p + v] += (s[a] - (a == j % k ? 1 : 0)) * hessians[(row + u) * p + v] / Double(m)
            for b in 0..<k {
              let c = (a == b ? s[a] : 0) - s[a] * s[b]
              expected[u * p + v] += c * jacobian[row + u] * jacobian[(j * k + b) * p + v] / Double(m)
            }
          }
        }
      }
    }
    let found = try problem.model.lossHessian(theta, problem.data, loss: loss)
    let size = expected.reduce(0) { max($0, abs($1)) }
    for e in expected.indices { #expect(abs(found[e] - expected[e]) < 1e-12 * size) }
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
    #expect(throws: TangentError.self) {
      try MeanSquaredError(targets: [1, 2, 3], sampleCount: .max / 2, outputCount: 3)
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
