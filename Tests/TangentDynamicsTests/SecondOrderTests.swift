import Glibc
import TangentDynamics
import TangentNumerics
import TestSupport
import Testing

@Suite struct SecondOrderTests {
  /// The kernel's derivative along the flow, by differences of an integration with nothing in common with the tensor.
  @Test(arguments: [[1, 1, 1], [2, 1]])
  func theKernelOfTheNaiveFlowChangesByTheTensor(ranks: [Int]) throws {
    let problem = try FlowProblem(
      spectrum: [(-1.2, 2), (0.1, 3), (0.9, 3)], ranks: ranks, seed: 11)
    let m = ranks.count
    let input = try FlowInput(labels: problem.labels, times: [0], wantsDQNTK: true)
    let h = 1e-3
    let kernels = [-2.0, -1, 1, 2].map { step in
      var flow = NaiveFlow(problem.measurement, densities: problem.densities, labels: problem.labels)
      flow.advance(by: step * h, steps: 4)
      return flow.kernel
    }
    for limit in [try problem.reduced().integrate(input), try problem.dense().integrate(input)] {
      for a in 0..<m {
        for b in 0..<m {
          var expected = 0.0
          for c in 0..<m {
            let residual = limit.predictions[c] - problem.labels[c]
            let both = limit.dqntk[(a * m + b) * m + c] + limit.dqntk[(b * m + a) * m + c]
            expected -= residual * both
          }
          let k = a * m + b
          let slope = (kernels[0][k] - 8 * kernels[1][k] + 8 * kernels[2][k] - kernels[3][k]) / (12 * h)
          #expect(abs(slope - expected) < 1e-8)
        }
      }
    }
  }

  @Test func aTrajectoryHoldsNoTensorUnlessAsked() throws {
    let problem = try FlowProblem(spectrum: [(-1, 2), (1, 2)], ranks: [1, 1], seed: 3)
    let input = try FlowInput(labels: problem.labels, times: [0, 1])
    #expect(try problem.reduced().integrate(input).dqntk.isEmpty)
  }

  /// Two levels a < b: x' = 2c (b - x)(x - a)(y - x), whose time as a function of x is a sum of logarithms.
  @Test(arguments: [0.3, 1.7]) func twoLevelsFollowTheirClosedForm(label: Double) throws {
    let (a, b, start) = (-0.8, 1.1, 0.35)
    let times = [0.2, 1, 3]
    let input = try FlowInput(labels: [label], times: times, rate: 0.9)
    let limit = try TiltedLimit(
      levels: [a, b], weights: [(b - start) / (b - a), (start - a) / (b - a)], input)
    func time(_ x: Double) -> Double {
      -log(b - x) / ((b - a) * (label - b)) + log(x - a) / ((b - a) * (label - a))
        - log(abs(label - x)) / ((b - label) * (label - a))
    }
    for (k, t) in times.enumerated() {
      let x = label + limit.residuals[k]
      #expect(abs((time(x) - time(start)) - 2 * 0.9 * t) < 1e-9)
      #expect(abs(limit.lambda[k] - (a + b - 2 * x)) < 1e-11)
      #expect(abs(limit.kernel[k] - 2 * (b - x) * (x - a)) < 1e-12)
    }
  }
}
