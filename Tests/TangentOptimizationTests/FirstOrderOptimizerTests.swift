import Glibc
import TangentNumerics
import TangentOptimization
import Testing

/// Gradients that a rule is fed with, unrelated to where it is: (steps, 3).
private let gradients: [[Double]] = (0..<40).map { (t: Int) -> [Double] in
  let phase = 7 * Double(t)
  return [sin(phase), sin(phase + 3) + 0.1, 3 * sin(phase + 6) - 0.2]
}

/// The exponentially weighted sum over the past, sum_i decay^(t-i) f(g_i), written out term by term.
private func weighted(_ t: Int, _ entry: Int, decay: Double, _ f: (Double) -> Double) -> Double {
  var sum = 0.0
  for i in 0...t { sum += pow(decay, Double(t - i)) * f(gradients[i][entry]) }
  return sum
}

private func path(_ optimizer: some FirstOrderOptimizer) -> [[Double]] {
  var rule = optimizer
  var theta = [0.3, -1.2, 2.0]
  return gradients.map { gradient in
    rule.update(&theta, gradient: gradient)
    return theta
  }
}

/// Compares with positions whose steps are given explicitly for each time and entry.
private func expectPath(_ found: [[Double]], steps: (Int, Int) -> Double) {
  var expected = [0.3, -1.2, 2.0]
  for t in gradients.indices {
    for i in 0..<3 {
      expected[i] -= steps(t, i)
      #expect(abs(found[t][i] - expected[i]) < 1e-13)
    }
  }
}

@Suite struct FirstOrderOptimizerTests {
  @Test func gradientDescent() {
    expectPath(path(GradientDescent(learningRate: 0.3))) { t, i in 0.3 * gradients[t][i] }
  }

  @Test func momentumSumsThePast() {
    expectPath(path(Momentum(learningRate: 0.02, momentum: 0.8))) { t, i in
      0.02 * weighted(t, i, decay: 0.8) { $0 }
    }
  }

  @Test func rmsPropDividesByTheRootMeanSquare() {
    expectPath(path(RMSProp(learningRate: 0.05, alpha: 0.95, epsilon: 1e-4))) { t, i in
      let square = 0.05 * weighted(t, i, decay: 0.95) { $0 * $0 }
      return 0.05 * gradients[t][i] / (square.squareRoot() + 1e-4)
    }
  }

  @Test func adamCorrectsTheBias() {
    expectPath(path(Adam(learningRate: 0.05, beta1: 0.85, beta2: 0.99, epsilon: 1e-4))) { t, i in
      // weights that sum to one: the corrected averages
      let mean = weighted(t, i, decay: 0.85) { $0 } / weighted(t, i, decay: 0.85) { _ in 1 }
      let square = weighted(t, i, decay: 0.99) { $0 * $0 } / weighted(t, i, decay: 0.99) { _ in 1 }
      return 0.05 * mean / (square.squareRoot() + 1e-4)
    }
  }

  /// With a constant gradient every step of Adam is the learning rate, whatever the gradient's size.
  @Test func adamIsScaleFree() {
    var rule = Adam(learningRate: 0.01, epsilon: 1e-30)
    var theta = [0.0, 0.0]
    for _ in 0..<10 { rule.update(&theta, gradient: [1e-6, -1e6]) }
    #expect(abs(theta[0] + 0.1) < 1e-13 && abs(theta[1] - 0.1) < 1e-13)
  }

  /// Gradient descent on a quadratic multiplies each mode by 1 - rate * curvature.
  @Test func descentOnAQuadratic() {
    var rule = GradientDescent(learningRate: 0.1)
    var theta = [1.0, -2.0]
    for _ in 0..<50 { rule.update(&theta, gradient: [3 * theta[0], 0.5 * theta[1]]) }
    #expect(abs(theta[0] - pow(0.7, 50)) < 1e-15)
    #expect(abs(theta[1] + 2 * pow(0.95, 50)) < 1e-14)
  }

  @Test(
    arguments: [
      (GradientDescent(learningRate: 0), "the learning rate is 0.0; it must be positive and finite"),
      (GradientDescent(learningRate: .nan), "the learning rate is nan; it must be positive and finite"),
      (Momentum(learningRate: 0.1, momentum: 1), "momentum is 1.0; it must lie in [0, 1)"),
      (Adam(learningRate: .infinity), "the learning rate is inf; it must be positive and finite"),
      (Adam(beta1: -0.1), "beta1 is -0.1; it must lie in [0, 1)"),
      (Adam(beta2: .nan), "beta2 is nan; it must lie in [0, 1)"),
      (Adam(epsilon: 0), "epsilon is 0.0; it must be positive and finite"),
      (RMSProp(alpha: 1.5), "alpha is 1.5; it must lie in [0, 1)"),
      (LBFGS(memory: 0), "memory is 0; keep at least 1 pair"),
      (GradientFlow(rate: -1, dt: 0.1), "rate is -1.0; it must be positive and finite"),
      (GradientFlow(rate: 1, dt: 0), "dt is 0.0; it must be positive and finite"),
    ] as [(any Optimizer, String)])
  func badSettings(_ optimizer: any Optimizer, _ message: String) {
    #expect(throws: TangentError.invalid(message)) { try optimizer.validate() }
  }
}
