import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@Suite struct CircuitFormatTests {
  private func circuit(_ seed: UInt64, named: Bool = true) throws -> Circuit {
    var cases = RandomCases(seed: seed)
    var circuit = try cases.circuit(qubits: 3, length: 40, parameters: 6, features: 3)
    let mixed = try Observable.combination(
      [cases.pauliSum(3, terms: 3), .projector("011"), .hermitian(cases.hermitian(8))],
      coefficients: [1, -0.5, 2])
    try circuit.appendEvolution(.parameter(8), generator: mixed, qubits: [2, 0, 1])
    if named {
      try circuit.setNames(of: .parameter, ["α", "b", "p2", "<d>", "e e", "f", "g", "p8", "i"])
      try circuit.setNames(of: .feature, ["dose", "x1", "x0"])
    }
    return circuit
  }

  @Test(arguments: 0..<5 as Range<UInt64>, [false, true])
  func circuitsComeBackEqual(seed: UInt64, named: Bool) throws {
    let circuit = try circuit(seed, named: named)
    let bytes = CircuitFormat.encode(circuit)
    let decoded = try CircuitFormat.decodeCircuit(bytes)
    #expect(decoded == circuit)
    #expect(decoded.names(of: .parameter) == circuit.names(of: .parameter))
    #expect(decoded.names(of: .feature) == circuit.names(of: .feature))
    #expect(CircuitFormat.encode(decoded) == bytes)
    let plain = try CircuitFormat.encode(self.circuit(seed, named: false))
    #expect((bytes == plain) == !named)
    #expect(CircuitFormat.encodeWithoutNames(circuit) == plain)
    #expect(decoded.parameterCount == 9 && decoded.featureCount == 3)
  }

  @Test func everyGateComesBackEqual() throws {
    var circuit = try Circuit(qubitCount: 3)
    for gate in Gate.allCases {
      let angles = (0..<gate.definition.angleCount).map { Angle.parameter($0) }
      try circuit.append(gate, qubits: Array([2, 0, 1][..<gate.definition.qubitCount]), angles: angles)
    }
    #expect(try CircuitFormat.decodeCircuit(CircuitFormat.encode(circuit)) == circuit)
    let empty = try Circuit(qubitCount: 40)
    #expect(try CircuitFormat.decodeCircuit(CircuitFormat.encode(empty)) == empty)
  }

  @Test(arguments: 0..<5 as Range<UInt64>) func observablesComeBackEqual(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    for observable in try [
      cases.pauliSum(5, terms: 4), .projector("0110"), .hermitian(cases.hermitian(4)),
      .combination([cases.pauliSum(2, terms: 2), .hermitian(cases.hermitian(4))], coefficients: [-1, 3]),
      .pauli(String(repeating: "Y", count: 40)),
      .combination([.pauli("Z"), .pauli("Z")], coefficients: [1, -1]),
    ] {
      #expect(try CircuitFormat.decodeObservable(CircuitFormat.encode(observable)) == observable)
    }
  }

  @Test(arguments: [false, true]) func truncatedBytesAreErrors(named: Bool) throws {
    let bytes = CircuitFormat.encode(try circuit(1, named: named))
    for length in 0..<bytes.count {
      let error = #expect(throws: TangentError.self) {
        try CircuitFormat.decodeCircuit(Array(bytes[..<length]))
      }
      guard error?.kind == .corruptedFile else {
        Issue.record("\(length) bytes: \(error?.message ?? "accepted")")
        return
      }
    }
    let error = #expect(throws: TangentError.self) { try CircuitFormat.decodeCircuit(bytes + [0]) }
    #expect(error?.kind == .corruptedFile)
    #expect(error?.message.contains("1 further bytes") == true)
  }

  /// Bytes from anywhere give an error or a valid circuit, which then encodes again; never a trap.
  @Test(arguments: [0x01, 0x80, 0xFF] as [UInt8]) func flippedBytesNeverTrap(mask: UInt8) throws {
    let bytes = CircuitFormat.encode(try circuit(2))
    var accepted = 0
    for k in bytes.indices {
      var damaged = bytes
      damaged[k] ^= mask
      do throws(TangentError) {
        let decoded = try CircuitFormat.decodeCircuit(damaged)
        let bytes = CircuitFormat.encode(decoded)
        let again = try CircuitFormat.decodeCircuit(bytes)
        #expect(again == decoded && CircuitFormat.encode(again) == bytes)
        accepted += 1
      } catch {
        #expect([.corruptedFile, .invalidArgument, .outOfMemory].contains(error.kind), "\(error.message)")
      }
    }
    // The mark in front and every structural byte refuse; low bits of numbers may pass.
    #expect(accepted < bytes.count)
  }

  /// Lengths that the bytes cannot hold must not be allocated.
  @Test(arguments: [Int64.max, .min, -1, 1 << 40, 1 << 62]) func absurdNumbersNeverTrap(number: Int64) throws
  {
    let circuit = try circuit(3)
    for bytes in [
      CircuitFormat.encode(circuit), CircuitFormat.encode(try Observable.hermitian(.identity(4))),
    ] {
      for k in stride(from: 0, through: bytes.count - 8, by: 1) {
        var damaged = bytes
        withUnsafeBytes(of: number.littleEndian) { for i in 0..<8 { damaged[k + i] = $0[i] } }
        _ = try? CircuitFormat.decodeCircuit(damaged)
        _ = try? CircuitFormat.decodeObservable(damaged)
      }
    }
    var writer = ByteWriter()
    writer.write(
      Array(CircuitFormat.encode(circuit)[..<4]).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    writer.write(Int64(3))
    writer.write(number)
    let error = #expect(throws: TangentError.self) { try CircuitFormat.decodeCircuit(writer.bytes) }
    #expect(error?.kind == .corruptedFile)
    #expect(error?.message.contains("length of the instructions") == true)
  }

  @Test func otherFormatsAndVersionsAreNamed() throws {
    let circuit = CircuitFormat.encode(try circuit(4))
    let observable = CircuitFormat.encode(try Observable.pauli("Z"))
    let errors = [
      #expect(throws: TangentError.self) { try CircuitFormat.decodeCircuit(observable) },
      #expect(throws: TangentError.self) { try CircuitFormat.decodeObservable(circuit) },
      #expect(throws: TangentError.self) { try CircuitFormat.decodeCircuit([5] + circuit.dropFirst()) },
    ]
    for (error, version) in zip(errors, ["1 or 2 or 3 or 4", "1", "1 or 2 or 3 or 4"]) {
      #expect(error?.kind == .corruptedFile)
      #expect(error?.message.contains("version \(version), found 0x51") == true)
    }
  }

  @Test func namesThatNoCircuitMayHaveAreErrors() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.rx, qubits: [0], angles: [.parameter(1)])
    let plain = CircuitFormat.encode(circuit)
    func decode(_ parameters: [(Int, String)], _ features: [(Int, String)] = []) throws -> Circuit {
      var writer = ByteWriter()
      writer.write(0x5154_4302 as UInt32)
      for byte in plain.dropFirst(4) { writer.write(byte) }
      for entries in [parameters, features] {
        writer.write(entries.count)
        for (index, name) in entries {
          writer.write(index)
          writer.write(name)
        }
      }
      return try CircuitFormat.decodeCircuit(writer.bytes)
    }
    #expect(try decode([(1, "b")]).names(of: .parameter) == ["p0", "b"])
    for index in [2, -1, .min, .max] {
      let error = #expect(throws: TangentError.self) { try decode([(index, "b")]) }
      #expect(error?.kind == .corruptedFile)
      #expect(error?.message.contains("a name of parameter \(index), the circuit has 2") == true)
    }
    let error = #expect(throws: TangentError.self) { try decode([], [(0, "dose")]) }
    #expect(error?.message.contains("a name of feature 0, the circuit has 0") == true)
    expectInvalid("both called \"b\"") { _ = try decode([(0, "b"), (1, "b")]) }
    expectInvalid("parameter 0 has two names") { _ = try decode([(0, "b"), (0, "c")]) }
    expectInvalid("name of parameter 0 is empty") { _ = try decode([(0, "")]) }
  }

  @Test func valuesThatNoCircuitMayHaveAreErrors() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.rx, qubits: [1], angles: [Angle(constant: 0.5)])
    let bytes = CircuitFormat.encode(circuit)
    func replaced<Value>(_ old: Value, _ new: Value) -> [UInt8] {
      let (pattern, patch) = (withUnsafeBytes(of: old) { Array($0) }, withUnsafeBytes(of: new) { Array($0) })
      let k = bytes.indices.last { Array(bytes[$0...].prefix(8)) == pattern }!
      return Array(bytes[..<k]) + patch + Array(bytes[(k + 8)...])
    }
    expectInvalid("constant is nan") { _ = try CircuitFormat.decodeCircuit(replaced(0.5, Double.nan)) }
    // The only word 2 is the number of qubits: qubit 1 does not exist on one.
    expectInvalid("rx on qubit 1") { _ = try CircuitFormat.decodeCircuit(replaced(Int64(2), Int64(1))) }
    expectInvalid("129 qubits") { _ = try CircuitFormat.decodeCircuit(replaced(Int64(2), Int64(129))) }
  }
}
