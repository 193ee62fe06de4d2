import TangentCircuits
import TangentNumerics
import TangentSimulation
import TestSupport
import Testing

@testable import TangentDynamics

@Suite struct ModelFlowTests {
  @Test(arguments: Golden.convergence, [AsymptoticMethod.reduced, .dense, .automatic])
  func goldenFlows(golden: GoldenCase, method: AsymptoticMethod) throws {
    let flows = golden.outputs["asymptotic_ode_c1"]
    let times = flows.keys.map { Double($0)! }.sorted()
    #expect(times == [0.1, 1, 10])
    let model = try golden.model()
    let input = try FlowInput(labels: golden.labels, times: [0] + times)
    let flow = try model.asymptotic(golden.theta(), golden.data(), input, method: method)
    let m = golden.labels.count
    #expect(largestDifference(Array(flow.predictions[..<m]), golden.outputs["predictions"].numbers) < 1e-11)
    #expect(
      largestDifference(Array(flow.kernels[..<(m * m)]), golden.outputs["K_asym_at_theta0"].numbers) < 1e-11)
    for (k, time) in times.enumerated() {
      let expected = flows["\(time)"]
      let predictions = Array(flow.predictions[(k + 1) * m..<(k + 2) * m])
      #expect(largestDifference(predictions, expected["predictions"].numbers) < 1e-9)
      #expect(
        largestDifference(zip(predictions, golden.labels).map { $0 - $1 }, expected["residuals"].numbers)
          < 1e-9)
      let kernel = Array(flow.kernels[(k + 1) * m * m..<(k + 2) * m * m])
      #expect(largestDifference(kernel, expected["K_asym"].numbers) < 1e-9)
    }
  }

  /// Observables of every kind with encoded features: both methods, and the naive flow from plain output states.
  @Test(arguments: 0..<7)
  func observablesAgreeWithTheNaiveFlow(index: Int) throws {
    let n = 3
    var cases = RandomCases(seed: 4)
    let observable: Observable =
      switch index {
      case 0: try .pauli("XYZ")
      case 1:
        try .combination([.pauli("ZII"), .pauli("IZZ"), .projector("101")], coefficients: [1, 0.5, -2])
      case 2: try .hermitian(cases.hermitian(1 << n).scaled(by: 0.5))
      case 3: try .combination([.pauli("IXI"), .pauli("IZI")], coefficients: [0.6, 0.8])
      case 4: try .combination([.pauli("XIZ"), .pauli("ZIY"), .pauli("III")], coefficients: [1, -0.7, 0.2])
      case 5: try .combination([.pauli("IYI"), .pauli("III")], coefficients: [0.5, 1])
      default: try .combination([.pauli("XXI"), .projector("011")], coefficients: [1, 1])
      }
    let circuit = try trainable(n, encoding: true)
    let model = try Model(circuit: circuit, observables: [observable], scale: 1.2)
    var random = Philox(seed: 8)
    let m = 3
    let data = try InputData(
      sampleCount: m, features: (0..<m * n).map { _ in random.normal() }, featureCount: n)
    let theta = try ParameterSets((0..<circuit.parameterCount).map { _ in random.normal() })
    let labels = [0.4, -0.8, 0.1]
    let input = try FlowInput(labels: labels, times: [0, 0.4])
    let reduced = try model.asymptotic(theta, data, input, method: .reduced)
    let dense = try model.asymptotic(theta, data, input, method: .dense)

    let states = try model.outputStates(theta, data)
    var naive = NaiveFlow(
      try observable.matrix().scaled(by: 1.2),
      densities: (0..<m).map { j in
        let ket = states[16 * j..<16 * (j + 1)].withUnsafeBufferPointer {
          ComplexMatrix(rows: 8, columns: 1, interleaved: $0)
        }
        return ket.multiplied(by: ket.adjoint)
      }, labels: labels)
    for k in 0..<2 {
      if k == 1 { naive.advance(by: 0.4, steps: 800) }
      for flow in [reduced, dense] {
        #expect(largestDifference(Array(flow.predictions[k * m..<(k + 1) * m]), naive.predictions) < 1e-9)
        #expect(largestDifference(Array(flow.kernels[k * m * m..<(k + 1) * m * m]), naive.kernel) < 1e-9)
      }
    }
    #expect(largestDifference(Array(reduced.predictions[..<m]), try model.predict(theta, data)) < 1e-12)
  }

  /// Mixed states: two pure ones mixed by hand have the mean of their predictions at time 0, and both methods agree.
  @Test func mixedStates() throws {
    let n = 2
    let circuit = try trainable(n, encoding: false)
    var random = Philox(seed: 3)
    let theta = try ParameterSets((0..<circuit.parameterCount).map { _ in random.normal() })
    var cases = RandomCases(seed: 9)
    var densities: [Double] = []
    for j in 0..<3 {
      let vectors = ComplexMatrix.haarIsometry(rows: 4, columns: 2, seed: 5, stream: UInt64(j))
      var rho = ComplexMatrix(rows: 4, columns: 4)
      for (a, weight) in [0.75, 0.25].enumerated() {
        var ket = ComplexMatrix(rows: 4, columns: 1)
        for x in 0..<4 { ket[x, 0] = vectors[x, a] }
        rho.add(weight, ket.multiplied(by: ket.adjoint))
      }
      densities += zip(rho.re, rho.im).flatMap { [$0, $1] }
    }
    let data = try InputData(sampleCount: 3, states: densities, stateKind: .mixed, dimension: 4)
    for observable in [try Observable.pauli("ZI"), try .hermitian(cases.hermitian(4))] {
      let model = try Model(circuit: circuit, observables: [observable])
      let input = try FlowInput(labels: [1, -1, 0.5], times: [0, 1, 8])
      let reduced = try model.asymptotic(theta, data, input, method: .reduced)
      let dense = try model.asymptotic(theta, data, input, method: .dense)
      #expect(largestDifference(reduced.predictions, dense.predictions) < 1e-9)
      #expect(largestDifference(reduced.kernels, dense.kernels) < 1e-9)
      #expect(largestDifference(Array(reduced.predictions[..<3]), try model.predict(theta, data)) < 1e-12)
      let automatic = try model.asymptotic(theta, data, input)
      #expect(automatic == reduced || automatic == dense)
    }
  }

  @Test func featuresAfterParametersAreNamed() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.ry, qubits: [0], angles: [.feature(0)])
    try circuit.append(.rx, qubits: [0], angles: [.parameter(0)])
    try circuit.append(.rz, qubits: [0], angles: [.feature(0)])
    try expect(
      circuit, contains: "rz on qubits [0] (instruction 2) depends on a feature and follows instruction 1")

    var product = try Circuit(qubitCount: 1)
    try product.append(.ry, qubits: [0], angles: [Angle(terms: [.init(1, .parameterFeature(0, 0))])])
    try expect(product, contains: "ry on qubits [0] (instruction 0) depends on a feature and on a parameter")
  }

  private func expect(_ circuit: Circuit, contains text: String) throws {
    let z = try Observable.pauli(String(repeating: "Z", count: circuit.qubitCount))
    let model = try Model(circuit: circuit, observables: [z])
    let data = try InputData(sampleCount: 1, features: [0.3], featureCount: 1)
    let error = #expect(throws: TangentError.self) {
      try model.asymptotic(ParameterSets([0.1]), data, FlowInput(labels: [1], times: [1]))
    }
    #expect(error?.kind == .invalidArgument)
    #expect(error?.message.contains(text) == true)
  }

  @Test func otherRefusalsAreNamed() throws {
    let circuit = try trainable(2, encoding: false)
    let theta = try ParameterSets([Double](repeating: 0.1, count: circuit.parameterCount))
    let data = try InputData(sampleCount: 2)
    let input = try FlowInput(labels: [1, -1], times: [1])
    func message(_ body: () throws -> Void) -> String {
      let error = #expect(throws: TangentError.self) { try body() }
      #expect(error?.kind == .invalidArgument)
      return error?.message ?? ""
    }
    let two = try Model(circuit: circuit, observables: [.pauli("ZI"), .pauli("IZ")])
    #expect(message { _ = try two.asymptotic(theta, data, input) }.contains("the model has 2"))
    let one = try Model(circuit: circuit, observables: [.pauli("ZI")])
    let sets = try ParameterSets(
      values: theta.values + theta.values, setCount: 2, parameterCount: circuit.parameterCount)
    #expect(message { _ = try one.asymptotic(sets, data, input) }.contains("2 were given"))
    #expect(
      message { _ = try one.asymptotic(theta, data, FlowInput(labels: [1], times: [1])) }
        .contains("y has 1 entries, there are 2 samples"))

    let wide = try Model(circuit: trainable(11, encoding: false), observables: [.pauli("ZIIIIIIIIII")])
    let wideTheta = try ParameterSets([Double](repeating: 0.1, count: wide.circuit.parameterCount))
    #expect(
      message { _ = try wide.asymptotic(wideTheta, data, input, method: .dense) }.contains(
        "use the reduced method"))
    #expect(try wide.asymptotic(wideTheta, data, input).predictions.count == 2)
    let letters = ["XXXXXXXXXXX", "ZZZZZZZZZZZ"]
    let hard = try Model(
      circuit: wide.circuit,
      observables: [.combination(letters.map { try .pauli($0) }, coefficients: [1, 1])])
    #expect(message { _ = try hard.asymptotic(wideTheta, data, input) }.contains("acts on 11 qubits"))
  }

  private func trainable(_ n: Int, encoding: Bool) throws -> Circuit {
    var circuit = try Circuit(qubitCount: n)
    var next = 0
    for q in 0..<n where encoding { try circuit.append(.ry, qubits: [q], angles: [.feature(q)]) }
    for _ in 0..<2 {
      for q in 0..<n {
        try circuit.append(.ry, qubits: [q], angles: [.parameter(next)])
        try circuit.append(.rz, qubits: [q], angles: [.parameter(next + 1)])
        next += 2
      }
      for q in 0..<n - 1 { try circuit.append(.cz, qubits: [q, q + 1]) }
    }
    return circuit
  }
}
