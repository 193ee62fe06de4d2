import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

/// What no circuit may hold: the message names the value and the remedy, and the circuit stays as it was.
@Suite struct CircuitValidationTests {
  private func two(_ change: (inout Circuit) throws -> Void) throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(0)])
    let before = circuit
    defer { #expect(circuit == before) }
    try change(&circuit)
  }

  @Test(arguments: [-1, 0, 129, Int.max]) func sizes(n: Int) {
    expectInvalid("a circuit of \(n) qubits", "between 1 and 128") { _ = try Circuit(qubitCount: n) }
  }

  @Test(arguments: [-1, 2, Int.max, Int.min]) func qubitsOutOfRange(qubit: Int) {
    expectInvalid("h on qubit \(qubit)", "qubits 0 to 1") { try two { try $0.append(.h, qubits: [qubit]) } }
    expectInvalid("rotation on qubit \(qubit)", "qubits 0 to 1") {
      try two { try $0.appendRotation(.parameter(1), pauli: "X", qubits: [qubit]) }
    }
    expectInvalid("evolve on qubit \(qubit)") {
      try two { try $0.appendEvolution(.parameter(1), generator: .pauli("X"), qubits: [qubit]) }
    }
    expectInvalid("unitary on qubit \(qubit)") {
      try two { try $0.appendUnitary(.identity(2), qubits: [qubit]) }
    }
  }

  @Test func duplicateQubits() {
    expectInvalid("cx names qubit 1 twice", "give different qubits") {
      try two { try $0.append(.cx, qubits: [1, 1]) }
    }
    expectInvalid("unitary names qubit 0 twice") {
      try two { try $0.appendUnitary(.identity(4), qubits: [0, 0]) }
    }
    expectInvalid("rotation names qubit 0 twice") {
      try two { try $0.appendRotation(.parameter(0), pauli: "XX", qubits: [0, 0]) }
    }
    expectInvalid("rotation needs at least one qubit") {
      try two { try $0.appendRotation(.parameter(0), pauli: "", qubits: []) }
    }
  }

  @Test func countsOfQubitsAndAngles() {
    expectInvalid("cx acts on 2 qubits, 1 were given") { try two { try $0.append(.cx, qubits: [1]) } }
    expectInvalid("u3 takes 3 angles, 1 were given") {
      try two { try $0.append(.u3, qubits: [1], angles: [.parameter(0)]) }
    }
    expectInvalid("h takes 0 angles, 1 were given") {
      try two { try $0.append(.h, qubits: [1], angles: [.parameter(0)]) }
    }
  }

  @Test func pauliStrings() {
    expectInvalid("\"Q\"", "\"XQ\"", "I, X, Y, Z") {
      try two { try $0.appendRotation(.parameter(0), pauli: "XQ", qubits: [0, 1]) }
    }
    expectInvalid("\"XYZ\" has 3 letters for 2 qubits", "one letter a qubit") {
      try two { try $0.appendRotation(.parameter(0), pauli: "XYZ", qubits: [0, 1]) }
    }
    expectInvalid("\"x\"") { try two { try $0.appendRotation(.parameter(0), pauli: "x", qubits: [0]) } }
  }

  @Test func unitaries() {
    var nearly = ComplexMatrix.identity(2)
    nearly.re[1] = 1e-3
    expectInvalid("not unitary", "0.001", "tolerance is 1e-10") {
      try two { try $0.appendUnitary(nearly, qubits: [0]) }
    }
    nearly.re[1] = .nan
    expectInvalid("NaN or infinite") { try two { try $0.appendUnitary(nearly, qubits: [0]) } }
    expectInvalid("4 x 4, which is 2 qubits; 1 qubits were given") {
      try two { try $0.appendUnitary(.identity(4), qubits: [0]) }
    }
    for size in [1, 3] {
      expectInvalid("the matrix is \(size) x \(size)", "power of two") {
        try two { try $0.appendUnitary(.identity(size), qubits: [0]) }
      }
    }
    expectInvalid("2 x 4", "square") {
      try two { try $0.appendUnitary(ComplexMatrix(rows: 2, columns: 4), qubits: [0]) }
    }
    nearly.re[1] = 1e-11
    #expect(throws: Never.self) {
      var circuit = try Circuit(qubitCount: 1)
      try circuit.appendUnitary(nearly, qubits: [0])
    }
  }

  @Test func generators() throws {
    expectInvalid("the generator acts on 2 qubits, 1 were given") {
      try two { try $0.appendEvolution(.parameter(0), generator: .pauli("XX"), qubits: [0]) }
    }
    var wide = try Circuit(qubitCount: 12)
    let strings = ["X", "Z"].map { String(repeating: $0, count: 11) }
    let hard = try Observable.combination(strings.map { try .pauli($0) }, coefficients: [1, 1])
    expectInvalid("acts on 11 qubits", "do not commute", "10 qubits", "split it") {
      try wide.appendEvolution(.parameter(0), generator: hard, qubits: Array(0..<11))
    }
    // Commuting strings may be as wide as the register.
    let easy = try Observable.combination(
      [.pauli("XXIIIIIIIIII"), .pauli("ZZIIIIIIIIIZ"), .pauli("IIXXXXXXXXXI")], coefficients: [1, 1, 1])
    try wide.appendEvolution(.parameter(0), generator: easy, qubits: Array(0..<12))
  }

  /// A second bad angle must not leave the first one's parameters behind.
  @Test func nothingIsLeftOfARefusedInstruction() {
    expectInvalid("constant is nan") {
      try two {
        try $0.append(.u3, qubits: [0], angles: [.parameter(7), .feature(3), Angle(constant: .nan)])
      }
    }
  }

  @Test func circuitsThatDoNotFit() throws {
    let three = try Circuit(qubitCount: 3)
    expectInvalid("a circuit on 3 qubits cannot follow one on 2 qubits") { try two { try $0.append(three) } }
    var last = try Circuit(qubitCount: 2)
    try last.append(.h, qubits: [0])
    try last.append(.rx, qubits: [0], angles: [.parameter(Angle.maximumIndex)])
    expectInvalid("index 10000000 is out of range") { try two { try $0.append(last) } }
  }
}
