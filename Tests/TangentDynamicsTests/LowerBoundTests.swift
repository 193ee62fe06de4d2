import TangentCircuits
import TangentNumerics
import TangentSimulation
import TestSupport
import Testing

@testable import TangentDynamics

@Suite struct LowerBoundTests {
  @Test(arguments: Golden.convergence)
  func goldenGeneratorsAndFormula(golden: GoldenCase) throws {
    let model = try golden.model()
    let norms = try model.circuit.generatorNorms()
    let squares = golden.outputs["sum_opnorm_sq_generators"].numbers[0]
    #expect(abs(norms.reduce(0) { $0 + $1 * $1 } - squares) < 1e-11)
    let zSum = golden.outputs["Z_sum"].numbers[0]
    #expect(abs(try model.zSum() - zSum) < 1e-11)
    let loss = golden.outputs["loss"].numbers[0]
    let m = golden.labels.count
    let bound = try model.lossLowerBound(initialLoss: loss, times: [0, 0.1, 1, 10], sampleCount: m)
    for (time, value) in zip([0, 0.1, 1, 10], bound) {
      let slope = 11.313708498984761 * Double(m) / zSum * squares
      let expected = 1 / ((1 / loss.squareRoot() + slope * time) * (1 / loss.squareRoot() + slope * time))
      #expect(abs(value - expected) < 1e-12)
    }
    // Labels of modulus 1: the flow of infinitely many parameters stays above.
    guard golden.labels.allSatisfy({ abs($0) == 1 }) else { return }
    let flow = golden.outputs["asymptotic_ode_c1"]
    for (k, key) in ["0.1", "1.0", "10.0"].enumerated() {
      #expect(flow[key]["loss"].numbers[0] >= bound[k + 1])
    }
  }

  @Test func otherSpectraAreRefused() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.rx, qubits: [0], angles: [.parameter(0)])
    func bound(_ observable: Observable, scale: Double = 1) throws -> [Double] {
      try Model(circuit: circuit, observables: [observable], scale: scale)
        .lossLowerBound(initialLoss: 1, times: [0, 1], sampleCount: 2)
    }
    #expect(try bound(.pauli("ZZ"))[0] == 1)
    #expect(try bound(.combination([.pauli("XI"), .pauli("ZI")], coefficients: [0.6, 0.8])).count == 2)
    #expect(try bound(.combination([.pauli("II"), .projector("01")], coefficients: [1, -2])).count == 2)
    #expect(try bound(.pauli("ZZ").scaled(by: 4), scale: 0.25).count == 2)
    let scaled = #expect(throws: TangentError.self) { try bound(.pauli("ZZ"), scale: 2) }
    #expect(scaled?.message.contains("found -2.0, 2.0") == true)
    #expect(throws: TangentError.self) { try bound(.projector("01")) }
    #expect(throws: TangentError.self) {
      try bound(.combination([.pauli("ZI"), .pauli("IZ")], coefficients: [1, 1]))
    }
  }

  @Test func badValuesAreNamed() throws {
    func message(_ loss: Double, _ times: [Double], _ m: Int, _ zSum: Double) -> String {
      let error = #expect(throws: TangentError.self) {
        try LowerBound.loss(initialLoss: loss, times: times, sampleCount: m, zSum: zSum, generatorNorms: [1])
      }
      #expect(error?.kind == .invalidArgument)
      return error?.message ?? ""
    }
    #expect(message(-1, [0], 1, 1).contains("loss is -1.0"))
    #expect(message(.nan, [0], 1, 1).contains("loss is nan"))
    #expect(message(1, [-1], 1, 1).contains("time 0 is -1.0"))
    #expect(message(1, [0], 0, 1).contains("0 samples"))
    #expect(message(1, [0], 1, 0).contains("sum of Z is 0.0"))
    let zero = try LowerBound.loss(
      initialLoss: 0, times: [0, 3], sampleCount: 1, zSum: 1, generatorNorms: [1])
    #expect(zero == [0, 0])
  }

  @Test func eigenvaluesCloserThanTheToleranceAreOne() {
    let groups = EigenvalueGroups([2, -1, 2 + 1e-13, 0.5, -1 - 1e-13])
    #expect(groups.values.count == 3)
    #expect(groups.groups == [2, 0, 2, 1, 0])
    #expect(largestDifference(groups.values, [-1, 0.5, 2]) < 1e-12)
    #expect(EigenvalueGroups([1, 1 + 1e-9]).values.count == 2)
    #expect(EigenvalueGroups([0, 0]).values == [0])
    #expect(EigenvalueGroups([]).values.isEmpty)
  }
}
