import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@Suite struct CircuitFormatTests {
  private func circuit(_ seed: UInt64) throws -> Circuit {
    var cases = RandomCases(seed: seed)
    var circuit = try cases.circuit(qubits: 3, length: 40, parameters: 6, features: 3)
    let mixed = try Observable.combination(
      [cases.pauliSum(3, terms: 3), .projector("011"), .hermitian(cases.hermitian(8))],
      coefficients: [1, -0.5, 2])
    try circuit.appendEvolution(.parameter(8), generator: mixed, qubits: [2, 0, 1])
    return circuit
  }

  @Test(arguments: 0..<5 as Range<UInt64>) func circuitsComeBackEqual(seed: UInt64) throws {
    let circuit = try circuit(seed)
    let decoded = try CircuitFormat.decodeCircuit(CircuitFormat.encode(circuit))
    #expect(decoded == circuit)
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

  @Test func truncatedBytesAreErrors() throws {
    let bytes = CircuitFormat.encode(try circuit(1))
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
        #expect(try CircuitFormat.decodeCircuit(CircuitFormat.encode(decoded)) == decoded)
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
      #expect(throws: TangentError.self) { try CircuitFormat.decodeCircuit([2] + circuit.dropFirst()) },
    ]
    for error in errors {
      #expect(error?.kind == .corruptedFile)
      #expect(error?.message.contains("version 1, found 0x51") == true)
    }
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
    expectInvalid("63 qubits") { _ = try CircuitFormat.decodeCircuit(replaced(Int64(2), Int64(63))) }
  }
}
