import Glibc
import TangentNumerics
import Testing

@testable import TangentOptimization

/// L = 1 - cos(x) cos(y) + 0.1 x^2 y, nothing an exponential solves.
private func crooked(_ x: [Double]) -> LossGradient {
  LossGradient(
    loss: 1 - cos(x[0]) * cos(x[1]) + 0.1 * x[0] * x[0] * x[1],
    gradient: [sin(x[0]) * cos(x[1]) + 0.2 * x[0] * x[1], cos(x[0]) * sin(x[1]) + 0.1 * x[0] * x[0]])
}

/// The classical fourth-order method with many small steps.
private func rungeKutta(_ start: [Double], time: Double, steps: Int, _ f: ([Double]) -> [Double]) -> [Double]
{
  let h = time / Double(steps)
  func moved(_ x: [Double], _ k: [Double], _ factor: Double) -> [Double] {
    x.indices.map { x[$0] + factor * k[$0] }
  }
  var x = start
  for _ in 0..<steps {
    let k1 = f(x)
    let k2 = f(moved(x, k1, h / 2))
    let k3 = f(moved(x, k2, h / 2))
    let k4 = f(moved(x, k3, h))
    for i in x.indices { x[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) }
  }
  return x
}

@Suite struct GradientFlowTests {
  @Test(arguments: [(1.0, 0.1, 20), (0.3, 2.0, 3), (25.0, 0.01, 8)])
  func agreesWithRungeKutta(_ rate: Double, _ dt: Double, _ steps: Int) throws {
    var flow = GradientFlow(rate: rate, dt: dt)
    var theta = [2.0, 1.2]
    for _ in 0..<steps { try flow.step(&theta, start: crooked(theta), evaluate: crooked) }
    let expected = rungeKutta([2.0, 1.2], time: dt * Double(steps), steps: 4000) { x in
      crooked(x).gradient.map { -rate * $0 }
    }
    for i in 0..<2 { #expect(abs(theta[i] - expected[i]) < 1e-10) }
  }

  @Test func decaysExponentiallyOnAQuadratic() throws {
    var flow = GradientFlow(rate: 2, dt: 0.5)
    var theta = [1.0]
    let quadratic: ([Double]) -> LossGradient = {
      LossGradient(loss: 1.5 * $0[0] * $0[0], gradient: [3 * $0[0]])
    }
    for _ in 0..<4 { try flow.step(&theta, start: quadratic(theta), evaluate: quadratic) }
    #expect(abs(theta[0] - exp(-12)) < 1e-11)
  }

  /// The gradient at the start is at hand and not evaluated again.
  @Test func usesTheGradientAtHand() throws {
    var flow = GradientFlow(rate: 1, dt: 1e-3)
    var theta = [0.5, 0.5]
    let origin = theta
    try flow.step(&theta, start: crooked(theta)) { x in
      #expect(x != origin)
      return crooked(x)
    }
    #expect(theta != origin)
  }

  @Test func passesOnErrors() {
    var flow = GradientFlow(rate: 1, dt: 1)
    var theta = [1.0, 1.0]
    #expect(throws: TangentError(.cancelled, "stop")) {
      try flow.step(&theta, start: crooked(theta)) { _ throws(TangentError) in
        throw TangentError(.cancelled, "stop")
      }
    }
    #expect(theta == [1, 1])
  }
}
