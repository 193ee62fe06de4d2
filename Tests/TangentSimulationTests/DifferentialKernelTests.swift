import TangentCircuits
import TangentNumerics
import TangentSimulation
import TestSupport
import Testing

/// The dQNTK against double commutators, finite differences of the Jacobian, and golden figures.
@Suite struct DifferentialKernelTests {
  @Test(arguments: Gate.allCases) func everyGate(gate: Gate) throws {
    var cases = RandomCases(seed: 500 + UInt64(gate.number))
    for features in [0, 2] {
      var circuit = try cases.circuit(qubits: 3, length: 3, features: features)
      let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 5, features: features)
      }
      try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: 3), angles: angles)
      try circuit.append(cases.circuit(qubits: 3, length: 3, features: features), sharingParameters: true)
      try compare(circuit, cases.pauliSum(3, terms: 3), samples: 5, &cases)
    }
  }

  @Test func observables() throws {
    var cases = RandomCases(seed: 60)
    for observable in try [
      Observable.pauli("ZI"), .hermitian(cases.hermitian(4)), .projector("01"),
    ] {
      try compare(cases.circuit(qubits: 2, length: 20, features: 1), observable, samples: 3, &cases)
    }
  }

  @Test func mixedStates() throws {
    var cases = RandomCases(seed: 61)
    try compare(
      cases.circuit(qubits: 2, length: 12), cases.pauliSum(2, terms: 2), samples: 3, mixedRank: 3, &cases)
  }

  private func compare(
    _ circuit: Circuit, _ observable: Observable, samples m: Int, mixedRank: Int? = nil,
    _ cases: inout RandomCases
  ) throws {
    let (d, p, f) = (1 << circuit.qubitCount, circuit.parameterCount, circuit.featureCount)
    let x = cases.vector(m * f)
    let theta = cases.vector(2 * p)
    var rhos: [ComplexMatrix] = []
    let data: InputData
    if let mixedRank {
      rhos = (0..<m).map { _ in cases.mixedState(d, rank: mixedRank) }
      data = try InputData(
        sampleCount: m, features: x, featureCount: f,
        states: rhos.flatMap { rho in rho.re.indices.flatMap { [rho.re[$0], rho.im[$0]] } },
        stateKind: .mixed, dimension: d)
    } else {
      let states = cases.pureStates(m, d)
      rhos = (0..<m).map { projector(states[(2 * d * $0)..<(2 * d * ($0 + 1))]) }
      data = try InputData(
        sampleCount: m, features: x, featureCount: f, states: states, stateKind: .pure, dimension: d)
    }
    let model = try Model(circuit: circuit, observables: [observable], scale: 0.7)
    let sets = try ParameterSets(values: theta, setCount: 2, parameterCount: p)
    let result = try model.dqntk(sets, data)
    let jacobian = try model.jacobian(sets, data).jacobian
    let matrix = DenseReference.operatorMatrix(observable)
    var expected = [Double](repeating: 0, count: 2 * m * m * m)
    for set in 0..<2 {
      for a in 0..<m {
        let hessian = HeisenbergReference(
          circuit, theta: Array(theta[(set * p)..<((set + 1) * p)]), x: Array(x[(a * f)..<((a + 1) * f)])
        ).hessian(matrix, rhos[a])
        for b in 0..<m {
          for c in 0..<m {
            var sum = 0.0
            for k in 0..<p {
              for l in 0..<p {
                sum +=
                  0.7 * hessian[k * p + l] * jacobian[(set * m + b) * p + k]
                  * jacobian[(set * m + c) * p + l]
              }
            }
            expected[((set * m + a) * m + b) * m + c] = sum
          }
        }
      }
    }
    let size = expected.map(abs).max() ?? 0
    #expect(largestDifference(result, expected) < 1e-11 * max(1, size), "\(circuit.drawing())")
  }

  /// mu_abc J-direction by J-direction: (J_a(theta + h J_c) - J_a(theta - h J_c)) . J_b / 2h.
  @Test func finiteDifferences() throws {
    var cases = RandomCases(seed: 62)
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 4, layers: 3)
    let (m, p) = (5, circuit.parameterCount)
    let model = try Model(circuit: circuit, observables: [.pauli("ZZII")])
    let data = try InputData(
      sampleCount: m, states: cases.pureStates(m, 16), stateKind: .pure, dimension: 16)
    let theta = cases.vector(p)
    let mu = try model.dqntk(ParameterSets(theta), data)
    let jacobian = try model.jacobian(ParameterSets(theta), data).jacobian
    let h = 1e-5
    for c in 0..<m {
      func shifted(_ sign: Double) throws -> [Double] {
        let moved = (0..<p).map { theta[$0] + sign * h * jacobian[c * p + $0] }
        return try model.jacobian(ParameterSets(moved), data).jacobian
      }
      let (plus, minus) = (try shifted(1), try shifted(-1))
      for a in 0..<m {
        for b in 0..<m {
          let slope = (0..<p).reduce(0) {
            $0 + (plus[a * p + $1] - minus[a * p + $1]) / (2 * h) * jacobian[b * p + $1]
          }
          #expect(abs(mu[(a * m + b) * m + c] - slope) < 1e-8)
        }
      }
    }
  }

  @Test(arguments: Golden.convergence.filter { $0.outputs.keys.contains("dQNTK_mu_abc") })
  func golden(_ golden: GoldenCase) throws {
    let result = try golden.model().dqntk(golden.theta(), golden.data())
    #expect(largestDifference(result, golden.outputs["dQNTK_mu_abc"].numbers) < 1e-11)
  }

  @Test func needsOneOutput() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 1)
    let model = try Model(circuit: circuit, observables: [.pauli("ZI"), .pauli("IZ")])
    #expect(throws: TangentError.self) {
      try model.dqntk(ParameterSets([Double](repeating: 0, count: 4)), InputData(sampleCount: 1))
    }
  }
}
