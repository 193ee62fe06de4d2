import TangentCircuits
import TangentNumerics
import Testing

@Suite struct DrawingTests {
  @Test func gatesAnglesAndControls() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.h, qubits: [0])
    try circuit.append(.cx, qubits: [0, 2])
    try circuit.append(.ry, qubits: [1], angles: [Angle(constant: 0.5, terms: [.init(2, .parameter(3))])])
    try circuit.append(.swap, qubits: [1, 2])
    try circuit.append(.crz, qubits: [2, 1], angles: [.feature(0)])
    #expect(
      circuit.drawing() == """
        q0: ─H─●───────────────────────
        q1: ───│─RY(2*p3+0.5)─x─RZ(x0)─
        q2: ───X──────────────x─●──────
        """)
    #expect("\(circuit)" == circuit.drawing())
  }

  @Test func generalGates() throws {
    var circuit = try Circuit(qubitCount: 4)
    try circuit.append(.ccx, qubits: [3, 1, 0])
    try circuit.append(.iswap, qubits: [0, 2])
    try circuit.append(.u3, qubits: [3], angles: [.parameter(0), Angle(constant: 0.25), Angle()])
    try circuit.appendRotation(.parameter(2), pauli: "XZ", qubits: [2, 0])
    try circuit.appendEvolution(.parameter(3), generator: .pauli("ZY"), qubits: [1, 3])
    try circuit.appendEvolution(Angle(constant: 0.5), generator: .hermitian(.identity(4)), qubits: [0, 1])
    try circuit.appendUnitary(.identity(2), qubits: [2])
    try circuit.appendUnitary(.identity(4), qubits: [3, 1])
    try circuit.append(.rzz, qubits: [2, 3], angles: [-.parameter(0)])
    #expect(
      circuit.drawing() == """
        q0: ─X─ISWAP───────────Z────────────────exp H(0.5)─────────────
        q1: ─●─│───────────────│─────exp ZY(p3)─●──────────U1──────────
        q2: ─│─ISWAP───────────X(p2)─│──────────U──────────│──RZZ(-p0)─
        q3: ─●─U3(p0, 0.25, 0)───────●─────────────────────U0─RZZ──────
        """)
  }

  /// A drawing wider than asked goes on in a new block; the names of the lines stay aligned.
  @Test func wideCircuitsAreWrapped() throws {
    var circuit = try Circuit(qubitCount: 11)
    for k in 0..<4 { try circuit.append(.rx, qubits: [10], angles: [.parameter(k)]) }
    let blocks = circuit.drawing(width: 20).split(separator: "\n\n")
    #expect(blocks.count == 2)
    #expect(blocks[0].split(separator: "\n").first == "q0:  ───────────────")
    #expect(
      blocks.map { $0.split(separator: "\n").last } == ["q10: ─RX(p0)─RX(p1)─", "q10: ─RX(p2)─RX(p3)─"])
    #expect(circuit.drawing(width: 1).split(separator: "\n\n").count == 4)
  }

  @Test func namesAreDrawn() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.ry, qubits: [0], angles: [Angle(constant: 0.5, terms: [.init(2, .parameter(1))])])
    try circuit.append(.rz, qubits: [1], angles: [Angle(terms: [.init(-1, .parameterFeature(0, 0))])])
    try circuit.setNames(of: .parameter, ["α", "beta"])
    try circuit.setNames(of: .feature, ["dose"])
    #expect(
      circuit.drawing() == """
        q0: ─RY(2*beta+0.5)─
        q1: ─RZ(-α*dose)────
        """)
  }

  @Test func emptyCircuits() throws { #expect(try Circuit(qubitCount: 2).drawing() == "q0: ─\nq1: ─") }
}
