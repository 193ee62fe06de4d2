import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// What calls are cut into on few cores and on many.
@Suite struct LayoutClassTests {
  @Test func fewSamplesAreCutForTheCores() {
    // Two blocks and more keep two cores busy, sixteen and more sixteen.
    #expect([1, 4, 8, 16].map(LayoutClass.few.prefersSingleStates) == [true, true, false, false])
    #expect(
      [8, 16, 32, 64, 512].map(LayoutClass.many.prefersSingleStates) == [true, true, true, false, false])
  }

  /// The same numbers but for rounding, and in each class the same bits on any number of threads.
  @Test func classesAgree() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 10, layers: 5)
    let observable = try Observable.pauli("ZIIIIIIIIZ")
    let theta = try ParameterSets((0..<circuit.parameterCount).map { 0.3 + 0.1 * Double($0) })
    var cases = RandomCases(seed: 77)
    let data = try InputData(
      sampleCount: 16, states: cases.pureStates(16, 1024), stateKind: .pure, dimension: 1024)
    let rows = try LayoutClass.allCases.map { layout in
      let model = try Model(circuit: circuit, observables: [observable], layout: layout)
      #expect(model.layout == layout)
      let results = try resultsByThreads { try model.jacobian(theta, data).jacobian }
      #expect(results.allSatisfy { $0 == results[0] })
      return results[0]
    }
    #expect(largestDifference(rows[0], rows[1]) < 1e-13)
    // Else the two have been cut alike, and nothing was compared.
    #expect(rows[0] != rows[1])
  }

  /// Forward states of 16 MB are kept on few cores and undone on many, whoever computes: a thread, two, or as many as
  /// other machines have.
  @Test func whatIsKeptGoesByTheClassAlone() throws {
    #expect(LayoutClass.few.historyOfUnit == 32 << 20)
    #expect(LayoutClass.many.historyOfUnit == 8 << 20)
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 10, layers: 256)
    let observable = try Observable.pauli("ZIIIIIIIIZ")
    let theta = try ParameterSets((0..<circuit.parameterCount).map { 0.3 + 0.1 * Double($0) })
    let data = try InputData(sampleCount: 64)
    let rows = try LayoutClass.allCases.map { layout in
      var caps = WorkspaceLayout.Caps(layout)
      caps.hasWideVectors = false
      let model = try Model(circuit: circuit, observables: [observable], scale: 1, caps: caps)
      let workspace = try model.predictionEngine(data).layout(Lane.self, lanesHaveParameters: false)
      #expect(workspace.keepsHistory == (layout == .few))
      let results = try resultsByThreads([1, 2, 16, 64]) { try model.jacobian(theta, data).jacobian }
      #expect(results.allSatisfy { $0 == results[0] })
      return results[0]
    }
    #expect(largestDifference(rows[0], rows[1]) < 1e-12)
    // Else what is kept would show in nothing, and the threads would prove nothing.
    #expect(rows[0] != rows[1])
  }

  @Test func codesAreTheirOwn() {
    for layout in LayoutClass.allCases { #expect(LayoutClass(code: layout.code) == layout) }
    #expect(LayoutClass(code: 9) == nil)
  }
}
