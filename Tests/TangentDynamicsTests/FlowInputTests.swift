import TangentDynamics
import TangentNumerics
import Testing

@Suite struct FlowInputTests {
  private func message(_ kind: TangentError.Kind = .invalidArgument, _ body: () throws -> Void) -> String {
    let error = #expect(throws: TangentError.self) { try body() }
    #expect(error?.kind == kind)
    return error?.message ?? ""
  }

  @Test func badInputIsNamed() throws {
    #expect(message { _ = try FlowInput(labels: [1, .nan], times: [1]) }.contains("label 1 is nan"))
    #expect(message { _ = try FlowInput(labels: [1], times: [-1]) }.contains("time 0 is -1.0"))
    #expect(message { _ = try FlowInput(labels: [1], times: [0, 2, 2]) }.contains("time 2 is 2.0"))
    #expect(message { _ = try FlowInput(labels: [1], times: [.infinity]) }.contains("time 0 is inf"))
    #expect(message { _ = try FlowInput(labels: [1], times: [1], rate: 0) }.contains("the rate is 0.0"))
    #expect(message { _ = try SampleColumns(sampleCount: 1, weights: [1], owners: [1]) }.contains("sample 1"))
    #expect(message { _ = try SampleColumns(sampleCount: 1, weights: [1], owners: []) }.contains("1 weights"))
    #expect(message { _ = try SampleColumns.pure(0) }.contains("0 samples"))

    let problem = AsymptoticFlowTests.problems[0]
    let short = try FlowInput(labels: [1], times: [1])
    #expect(
      message { _ = try problem.reduced().integrate(short) }.contains("y has 1 entries, there are 4 samples"))
    #expect(
      message { _ = try problem.dense().integrate(short) }.contains("y has 1 entries, there are 4 samples"))
    let flow = try problem.reduced()
    #expect(
      message {
        _ = try ReducedFlow(columns: flow.columns, eigenvalues: [1], coordinates: flow.coordinates)
      }.contains("1 eigenvalues and 2 matrices"))
    #expect(
      message {
        _ = try ReducedFlow(columns: .pure(3), eigenvalues: flow.eigenvalues, coordinates: flow.coordinates)
      }.contains("4 columns, there are 3"))
    #expect(
      message {
        _ = try DenseFlow(columns: problem.columns, vectors: problem.vectors, observable: .identity(4))
      }.contains("4 x 4, the vectors have 8 entries"))
  }

  @Test func cancelStopsBoth() throws {
    let problem = AsymptoticFlowTests.problems[0]
    let token = CancelToken()
    token.cancel()
    let input = try FlowInput(labels: problem.labels, times: [1])
    _ = message(.cancelled) { _ = try problem.reduced().integrate(input, cancel: token) }
    _ = message(.cancelled) { _ = try problem.dense().integrate(input, cancel: token) }
  }

  @Test func noTimesNoValues() throws {
    let problem = AsymptoticFlowTests.problems[0]
    #expect(try problem.reduced().integrate(FlowInput(labels: problem.labels, times: [])).predictions.isEmpty)
  }
}
