import TangentDynamics
import TangentNumerics
import TestSupport
import Testing

/// The flow from overlaps alone against the flow from the states, and what no states can have.
@Suite struct GramFlowTests {
  static func gram(_ problem: FlowProblem, scale: Double) -> (gram: ComplexMatrix, measured: ComplexMatrix) {
    let adjoint = problem.vectors.adjoint
    return (
      adjoint.multiplied(by: problem.vectors),
      adjoint.multiplied(by: problem.measurement.scaled(by: 1 / scale).multiplied(by: problem.vectors))
    )
  }

  /// Fewer states than each eigenspace has dimensions, more than one has, and as many as there are in all: then
  /// (G +- S)/2 is singular.
  @Test(arguments: [(4, 4, 3), (2, 6, 4), (4, 4, 8), (1, 3, 1), (3, 5, 10)], [1.0, 1.7])
  func agreesWithTheFlowFromStates(sizes: (Int, Int, Int), scale: Double) throws {
    let (up, down, m) = sizes
    let problem = try FlowProblem(
      spectrum: [(scale, up), (-scale, down)], ranks: [Int](repeating: 1, count: m),
      orthogonal: m <= up + down, seed: UInt64(up + 10 * m))
    let input = try FlowInput(labels: problem.labels, times: [0, 0.5, 3, 20], rate: 0.9)
    let (gram, measured) = Self.gram(problem, scale: scale)
    let flow = try ReducedFlow(gram: gram, measured: measured, scale: scale).integrate(input)
    let expected = try problem.reduced().integrate(input)
    #expect(largestDifference(flow.predictions, expected.predictions) < 1e-9)
    #expect(largestDifference(flow.kernels, expected.kernels) < 1e-9)
  }

  /// A sample in an eigenstate does not move; its other eigenspace has no coordinates at all.
  @Test func eigenstateStaysPut() throws {
    let one = ComplexMatrix.identity(1)
    let input = try FlowInput(labels: [-1], times: [0, 10])
    let flow = try ReducedFlow(gram: one, measured: one, scale: 2).integrate(input)
    #expect(largestDifference(flow.predictions, [2, 2]) < 1e-12)
    #expect(largestDifference(flow.kernels, [0, 0]) < 1e-12)
  }

  @Test func impossibleOverlapsAreRefused() throws {
    let one = ComplexMatrix.identity(2)
    var skew = one
    skew[0, 1] = (0, 0.5)
    for (gram, measured, scale) in [
      (one, one.scaled(by: 1.1), 1.0), (one.scaled(by: 0.5), one, 1), (skew, one, 1), (one, skew, 1),
      (one, ComplexMatrix.identity(3), 1), (one, one, 0), (one, one, .infinity),
    ] {
      #expect(throws: TangentError.self) {
        try ReducedFlow(gram: gram, measured: measured, scale: scale)
      }
    }
  }
}
