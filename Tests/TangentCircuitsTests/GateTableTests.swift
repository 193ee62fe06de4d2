import Glibc
import TangentNumerics
import TestSupport
import Testing

@testable import TangentCircuits

/// Every row of the gate table against matrices written down apart from it.
@Suite struct GateTableTests {
  /// One gate on the last of its possible qubits, so that neither order nor neighbourhood is special.
  private func circuit(_ gate: Gate) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    let angles = (0..<gate.definition.angleCount).map {
      Angle(constant: 0.3, terms: [.init(0.7, .parameter($0))])
    }
    try circuit.append(gate, qubits: [2, 0, 1].prefix(gate.definition.qubitCount).map { $0 }, angles: angles)
    return circuit
  }

  private let theta = [0.4, -1.3, 2.2]

  /// The product of what the simulator is given: fixed matrices and exponentials of generators.
  private func product(_ circuit: Circuit) -> ComplexMatrix {
    let n = circuit.qubitCount
    let elementary = circuit.instructions.flatMap { $0.elementaryOperations(register: n) }
    return elementary.reduce(.identity(1 << n)) { product, operation in
      let factor =
        switch operation {
        case .channel: fatalError("a channel has no matrix")
        case .fixed(let local, let qubits): DenseReference.embed(local, qubits, n)
        case .evolution(let generator, let angle):
          DenseReference.exponential(
            matrix(of: generator.paulis(register: n), register: n),
            angle.value(parameters: theta, features: []))
        }
      return DenseReference.product(factor, product)
    }
  }

  @Test(arguments: Gate.allCases) func isItsMatrix(gate: Gate) throws {
    let circuit = try circuit(gate)
    let expected = DenseReference.unitary(circuit, theta)
    #expect(distance(product(circuit), expected) < 1e-14)
    let identity = DenseReference.product(expected, expected.adjoint)
    #expect(distance(identity, .identity(8)) < 1e-14)
  }

  @Test(arguments: Gate.allCases) func inverseIsTheAdjoint(gate: Gate) throws {
    let circuit = try circuit(gate)
    let inverse = try circuit.inverse
    #expect(try inverse.inverse == circuit)
    #expect(
      distance(DenseReference.unitary(inverse, theta), DenseReference.unitary(circuit, theta).adjoint)
        < 1e-14)
  }

  @Test(arguments: Gate.allCases.filter { $0.definition.angleCount > 0 })
  func generatorIsTheDefinition(gate: Gate) throws {
    let circuit = try circuit(gate)
    let factors = DenseReference.factors(circuit, theta, [])
    let elementary = circuit.instructions[0].elementaryOperations(register: 3)
    #expect(elementary.count == factors.count)
    for (operation, factor) in zip(elementary, factors) {
      guard case .evolution(let generator, let angle) = operation, let expected = factor.generator else {
        Issue.record("\(gate) is not an evolution")
        continue
      }
      #expect(angle == factor.angle)
      #expect(distance(matrix(of: generator.paulis(register: 3), register: 3), expected) < 1e-14)
    }
  }

  /// Where a control is 0 nothing happens.
  @Test(arguments: Gate.allCases) func controlsComeFirst(gate: Gate) throws {
    let row = gate.definition
    #expect((row.controlCount > 0) == gate.rawValue.hasPrefix("c") && row.controlCount < row.qubitCount)
    var circuit = try Circuit(qubitCount: row.qubitCount)
    try circuit.append(
      gate, qubits: Array(0..<row.qubitCount),
      angles: (0..<row.angleCount).map { Angle(constant: 0.3 + Double($0)) })
    let unitary = DenseReference.unitary(circuit, [])
    for control in 0..<row.controlCount {
      for i in 0..<unitary.rows where i >> (row.qubitCount - 1 - control) & 1 == 0 {
        for j in 0..<unitary.columns { #expect(unitary[i, j] == (i == j ? (1, 0) : (0, 0))) }
      }
    }
  }

  /// Help and symbols go into JSON, Markdown tables and docstrings as they are.
  @Test(arguments: Gate.allCases) func rowsSayWhatTheyAre(gate: Gate) {
    let row = gate.definition
    #expect(!row.symbol.isEmpty && row.help.hasSuffix(".") && row.help.count < 100)
    for text in [row.symbol, row.help] {
      #expect(!text.contains { "\"\\|\n`".contains($0) })
    }
  }

  @Test func u3IsTheDocumentedMatrix() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(
      .u3, qubits: [0], angles: [Angle(constant: 0.4), .init(constant: 1.1), .init(constant: -0.6)])
    func phased(_ r: Double, _ phi: Double) -> (Double, Double) { (r * cos(phi), r * sin(phi)) }
    var expected = ComplexMatrix(rows: 2, columns: 2)
    expected[0, 0] = (cos(0.2), 0)
    expected[0, 1] = phased(-sin(0.2), -0.6)
    expected[1, 0] = phased(sin(0.2), 1.1)
    expected[1, 1] = phased(cos(0.2), 0.5)
    #expect(distance(DenseReference.unitary(circuit, []), expected) < 1e-14)
  }

  @Test func numbersAreThoseOfTheFileFormat() {
    #expect(Gate.allCases.map(\.number) == Array(Gate.allCases.indices))
    #expect(Gate.allCases.allSatisfy { $0.definition.gate == $0 })
    // Files and C code rely on these; new gates go to the end.
    #expect(
      Gate.allCases.map(\.rawValue).joined(separator: " ")
        == "h x y z s sdg t tdg sx cx cy cz swap iswap ccx rx ry rz phase crx cry crz cp rxx ryy rzz u3 sxdg iswapdg"
    )
  }
}
