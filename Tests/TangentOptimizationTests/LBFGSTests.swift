import Glibc
import TangentNumerics
import Testing

@testable import TangentOptimization

/// A function with a known minimum.
private struct Landscape: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var start: [Double]
  var minimum: [Double]
  var value: @Sendable ([Double]) -> LossGradient
}

private let landscapes: [Landscape] = [
  Landscape(testDescription: "ill-conditioned quadratic", start: [1, 1, 1, 1], minimum: [1, -2, 3, 0.5]) {
    x in
    let (center, curvature) = ([1, -2, 3, 0.5], [1e-3, 1, 30, 1e3])
    var result = LossGradient(loss: 0, gradient: x)
    for i in x.indices {
      let distance = x[i] - center[i]
      result.loss += 0.5 * curvature[i] * distance * distance
      result.gradient[i] = curvature[i] * distance
    }
    return result
  },
  Landscape(
    testDescription: "Rosenbrock in 10 dimensions", start: [Double](repeating: -1.2, count: 10),
    minimum: [Double](repeating: 1, count: 10)
  ) { x in
    var result = LossGradient(loss: 0, gradient: x.map { _ in 0 })
    for i in 0..<9 {
      let (a, b) = (x[i + 1] - x[i] * x[i], 1 - x[i])
      result.loss += 100 * a * a + b * b
      result.gradient[i] += -400 * a * x[i] - 2 * b
      result.gradient[i + 1] += 200 * a
    }
    return result
  },
  Landscape(testDescription: "Beale", start: [1, 1], minimum: [3, 0.5]) { x in
    var result = LossGradient(loss: 0, gradient: [0, 0])
    for (k, c) in [1.5, 2.25, 2.625].enumerated() {
      let n = Double(k + 1)
      let r = c - x[0] + x[0] * pow(x[1], n)
      result.loss += r * r
      result.gradient[0] += 2 * r * (pow(x[1], n) - 1)
      result.gradient[1] += 2 * r * x[0] * n * pow(x[1], n - 1)
    }
    return result
  },
  // bounded and periodic, as the losses of circuits are; a plain step of one gradient overshoots
  Landscape(testDescription: "trigonometric", start: [2.5, -2.0], minimum: [0, 0]) { x in
    LossGradient(
      loss: 5 * (2 - cos(x[0]) - cos(x[1])) + 3 * (1 - cos(x[0] - x[1])),
      gradient: [5 * sin(x[0]) + 3 * sin(x[0] - x[1]), 5 * sin(x[1]) - 3 * sin(x[0] - x[1])])
  },
]

@Suite struct LBFGSTests {
  @Test(arguments: landscapes)
  fileprivate func findsTheMinimum(_ landscape: Landscape) throws {
    var rule = LBFGS()
    var theta = landscape.start
    var evaluations = 0
    var previous = landscape.value(theta).loss
    for _ in 0..<120 {
      let start = landscape.value(theta)
      #expect(start.loss <= previous + 1e-14)
      previous = start.loss
      try rule.step(&theta, start: start) { x in
        evaluations += 1
        return landscape.value(x)
      }
    }
    for (found, expected) in zip(theta, landscape.minimum) { #expect(abs(found - expected) < 1e-7) }
    // Steps after convergence may cost two exhausted searches each, and no more.
    let before = evaluations
    for _ in 0..<20 {
      try rule.step(&theta, start: landscape.value(theta)) { x in
        evaluations += 1
        return landscape.value(x)
      }
      #expect(theta.allSatisfy { $0.isFinite })
    }
    #expect(evaluations - before <= 20 * 2 * LineSearch.maximumEvaluations)
    for (found, expected) in zip(theta, landscape.minimum) { #expect(abs(found - expected) < 1e-7) }
  }

  /// On a quadratic with exact searches BFGS ends after as many steps as dimensions; inexact ones need few more.
  @Test func convergesSuperlinearly() throws {
    var rule = LBFGS()
    var theta = [5.0, -3, 2]
    let quadratic: ([Double]) -> LossGradient = { x in
      LossGradient(
        loss: 0.5 * (x[0] * x[0] + 4 * x[1] * x[1] + 9 * x[2] * x[2]), gradient: [x[0], 4 * x[1], 9 * x[2]])
    }
    for _ in 0..<15 { try rule.step(&theta, start: quadratic(theta), evaluate: quadratic) }
    #expect(theta.allSatisfy { abs($0) < 1e-8 })
  }

  @Test func staysWhereTheGradientVanishes() throws {
    var rule = LBFGS()
    var theta = [1.0, 2.0]
    var evaluations = 0
    try rule.step(&theta, start: LossGradient(loss: 1, gradient: [0, 0])) { _ in
      evaluations += 1
      return LossGradient(loss: 1, gradient: [0, 0])
    }
    #expect(theta == [1, 2] && evaluations == 0)
  }

  /// A loss that is infinite beyond a wall: the search steps back in front of it.
  @Test func survivesNonFiniteValues() throws {
    var rule = LBFGS()
    var theta = [0.9]
    let walled: ([Double]) -> LossGradient = { x in
      x[0] < 1
        ? LossGradient(loss: -x[0] - 0.01 * log(1 - x[0]), gradient: [-1 + 0.01 / (1 - x[0])])
        : LossGradient(loss: .nan, gradient: [.nan])
    }
    for _ in 0..<30 { try rule.step(&theta, start: walled(theta), evaluate: walled) }
    #expect(abs(theta[0] - 0.99) < 1e-7)
  }

  @Test func strongWolfeConditionsHold() throws {
    let f: (Double) -> LossGradient = { a in
      LossGradient(loss: -a / (a * a + 2), gradient: [(a * a - 2) / ((a * a + 2) * (a * a + 2))])
    }
    for first in [1e-3, 0.1, 1, 10, 1000] {
      let origin = LinePoint(alpha: 0, theta: [0], value: f(0), slope: f(0).gradient[0])
      var search = LineSearch(origin: origin)
      let found = search.run(first: first) { a in
        LinePoint(alpha: a, theta: [a], value: f(a), slope: f(a).gradient[0])
      }
      let point = try #require(found)
      #expect(point.loss <= origin.loss + 1e-4 * point.alpha * origin.slope)
      #expect(abs(point.slope) <= 0.9 * abs(origin.slope))
    }
  }
}
