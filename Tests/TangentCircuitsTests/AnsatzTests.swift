import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

/// The order of gates and parameters that design and docs promise.
@Suite struct AnsatzTests {
  private typealias Step = (gate: Gate, qubits: [Int], parameter: Int?)

  private func steps(_ circuit: Circuit) -> [Step] {
    circuit.instructions.map { instruction in
      guard case .gate(let gate) = instruction.operation else { fatalError("\(instruction.name)") }
      return (gate, instruction.qubits, instruction.angles.first?.terms.first?.factor.parameterIndex)
    }
  }

  private func expectSteps(_ circuit: Circuit, _ expected: [Step]) {
    #expect(steps(circuit).elementsEqual(expected) { $0 == $1 })
  }

  @Test func hardwareEfficient() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 3, layers: 2)
    var expected: [Step] = []
    for layer in 0..<2 {
      for q in 0..<3 {
        expected.append((.ry, [q], (layer * 3 + q) * 2))
        expected.append((.rz, [q], (layer * 3 + q) * 2 + 1))
      }
      expected += [(.cz, [0, 1], nil), (.cz, [1, 2], nil), (.cz, [2, 0], nil)]
    }
    expectSteps(circuit, expected)
    #expect(circuit.parameterCount == 12)
  }

  @Test func topologies() throws {
    func pairs(_ n: Int, _ topology: Ansatz.Topology) throws -> [[Int]] {
      let circuit = try Ansatz.hardwareEfficient(
        qubitCount: n, layers: 1, rotations: [.rx], entangler: .cx, topology: topology)
      #expect(circuit.parameterCount == n)
      return steps(circuit).filter { $0.gate == .cx }.map(\.qubits)
    }
    #expect(try pairs(4, .ring) == [[0, 1], [1, 2], [2, 3], [3, 0]])
    #expect(try pairs(4, .chain) == [[0, 1], [1, 2], [2, 3]])
    #expect(try pairs(4, .full) == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
    for topology in Ansatz.Topology.allCases {
      #expect(try pairs(2, topology) == [[0, 1]])
      #expect(try pairs(1, topology) == [])
    }
  }

  @Test func haar() throws {
    var cases = RandomCases(seed: 3)
    let unitaries = (0...3).map { _ in cases.unitary(4) }
    let (theta, z) = (cases.vector(3), DenseReference.pauli("ZI"))
    let generator = try cases.pauliSum(2, terms: 3)
    for hamiltonian in [nil, generator] {
      let circuit = try Ansatz.haar(
        qubitCount: 2, parameterCount: 3, generator: hamiltonian, unitaries: unitaries)
      let h = hamiltonian.map(DenseReference.operatorMatrix) ?? z
      var expected = unitaries[0]
      for l in 0..<3 {
        expected = DenseReference.product(DenseReference.exponential(h, theta[l]), expected)
        expected = DenseReference.product(unitaries[l + 1], expected)
      }
      #expect(distance(DenseReference.unitary(circuit, theta), expected) < 1e-13)
      #expect(circuit.parameterCount == 3)
    }
  }

  @Test func haarUnitariesFollowTheSeed() throws {
    func unitaries(_ seed: UInt64) throws -> [ComplexMatrix] {
      try Ansatz.haar(qubitCount: 2, parameterCount: 2, seed: seed).instructions.compactMap {
        if case .unitary(let matrix) = $0.operation { matrix } else { nil }
      }
    }
    let first = try unitaries(5)
    #expect(first == (try unitaries(5)))
    let all = first + (try unitaries(6))
    #expect(all.count == 6)
    for (k, a) in all.enumerated() {
      #expect(distance(DenseReference.product(a, a.adjoint), .identity(4)) < 1e-14)
      for b in all[..<k] { #expect(distance(a, b) > 0.1) }
    }
    // No parameters: U_0 alone.
    #expect(try Ansatz.haar(qubitCount: 2, parameterCount: 0, seed: 5).instructions.count == 1)
  }

  @Test func hamiltonianVariational() throws {
    var cases = RandomCases(seed: 8)
    let terms = [
      try cases.pauliSum(2, terms: 2), try Observable.pauli("XZ"), try .hermitian(cases.hermitian(4)),
    ]
    let circuit = try Ansatz.hamiltonianVariational(terms: terms, layers: 2)
    let theta = cases.vector(6)
    var expected = ComplexMatrix.identity(4)
    for (l, angle) in theta.enumerated() {
      let h = DenseReference.operatorMatrix(terms[l % 3])
      expected = DenseReference.product(DenseReference.exponential(h, angle), expected)
    }
    #expect(circuit.parameterCount == 6 && circuit.instructions.count == 6)
    #expect(distance(DenseReference.unitary(circuit, theta), expected) < 1e-12)
  }

  @Test func badInputIsNamed() throws {
    expectInvalid("0 layers", "at least 1") { _ = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 0) }
    expectInvalid("more than 10000000 parameters") {
      _ = try Ansatz.hardwareEfficient(qubitCount: 2, layers: .max)
    }
    expectInvalid("0 qubits") { _ = try Ansatz.hardwareEfficient(qubitCount: 0, layers: 1) }
    expectInvalid("no rotations") {
      _ = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 1, rotations: [])
    }
    for gate in [Gate.h, .cx, .u3, .crx] {
      expectInvalid("\(gate) is not a one-qubit rotation", "rx, ry, rz or phase") {
        _ = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 1, rotations: [gate])
      }
    }
    for gate in [Gate.h, .rzz, .ccx] {
      expectInvalid("\(gate) is not a fixed two-qubit gate", "cz") {
        _ = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 1, entangler: gate)
      }
    }
    expectInvalid("11 qubits", "limit is 10") { _ = try Ansatz.haar(qubitCount: 11, parameterCount: 1) }
    expectInvalid("-1 parameters") { _ = try Ansatz.haar(qubitCount: 1, parameterCount: -1) }
    expectInvalid("2 unitaries for 2 parameters; 3 are needed") {
      _ = try Ansatz.haar(qubitCount: 1, parameterCount: 2, unitaries: [.identity(2), .identity(2)])
    }
    expectInvalid("the generator acts on 1 qubits, 2 were given") {
      _ = try Ansatz.haar(qubitCount: 2, parameterCount: 1, generator: .pauli("Z"))
    }
    expectInvalid("no terms") { _ = try Ansatz.hamiltonianVariational(terms: [], layers: 1) }
    for layers in [0, -1, 10_000_001, .max] {
      expectInvalid("\(layers) layers", "between 1 and 10000000") {
        _ = try Ansatz.hamiltonianVariational(terms: [.pauli("Z")], layers: layers)
      }
    }
    expectInvalid("the generator acts on 1 qubits") {
      _ = try Ansatz.hamiltonianVariational(terms: [.pauli("ZZ"), .pauli("Z")], layers: 1)
    }
  }
}
