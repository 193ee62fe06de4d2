import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

/// Angles that a configuration controls, and circuits bound to one.
@Suite struct ConfigurationTests {
  private func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.rx, qubits: [0], angles: [.configuration("b")])
    try circuit.append(.ry, qubits: [0], angles: [.feature(0)])
    try circuit.append(
      .u3, qubits: [1],
      angles: [Angle(), .configuration("a"), Angle(configuration: [.init(-2, "c"), .init(1, "a")])])
    try circuit.append(
      .rz, qubits: [1],
      angles: [Angle(constant: 0.5, terms: [.init(1, .parameter(1))], configuration: [.init(1, "a")])])
    return circuit
  }

  private func rest() throws -> Circuit {
    var rest = try Circuit(qubitCount: 2)
    try rest.append(.ry, qubits: [0], angles: [.feature(0)])
    try rest.append(.rz, qubits: [1], angles: [Angle(constant: 0.5, terms: [.init(1, .parameter(1))])])
    return rest
  }

  @Test func keysComeInTheOrderOfFirstUse() throws {
    #expect(try circuit().configurationKeys == ["b", "a", "c"])
    #expect(try circuit().inverse.configurationKeys == ["a", "c", "b"])
  }

  @Test func whatActsWithoutAConfigurationIsWhatTheEmptyOneLeaves() throws {
    let (circuit, rest) = (try circuit(), try rest())
    #expect(try circuit.bound(to: [:]) == rest)
    #expect(circuit.elementaryOperations == rest.elementaryOperations)
    #expect(try circuit.inverse.elementaryOperations == rest.inverse.elementaryOperations)
    let observable = try Observable.pauli("ZI")
    let cone = circuit.lightCone(of: [observable]).circuit
    #expect(cone.elementaryOperations == rest.lightCone(of: [observable]).circuit.elementaryOperations)
    #expect(try circuit.zSum() == rest.zSum())
    #expect(try circuit.generatorNorms() == rest.generatorNorms())
    #expect(try circuit.parameterFrequencies() == rest.parameterFrequencies())
  }

  @Test func valuesTakeThePlaceOfKeys() throws {
    let bound = try circuit().bound(to: ["a": Angle(constant: 0.25, terms: [.init(2, .parameter(1))])])
    #expect(bound.configurationKeys == [] && bound.instructions.count == 3)
    let value = Angle(constant: 0.25, terms: [.init(2, .parameter(1))])
    #expect(bound.instructions[1].angles == [Angle(), value, value])
    #expect(bound.instructions[2].angles == [Angle(constant: 0.75, terms: [.init(3, .parameter(1))])])
  }

  @Test func bytesCarryKeysAndRefuseStrangeOnes() throws {
    for circuit in [try circuit(), try circuit().inverse] {
      let bytes = CircuitFormat.encode(circuit)
      let decoded = try CircuitFormat.decodeCircuit(bytes)
      #expect(decoded == circuit && decoded.configurationKeys == circuit.configurationKeys)
      for count in 0..<bytes.count {
        #expect(throws: TangentError.self) { try CircuitFormat.decodeCircuit(Array(bytes[..<count])) }
      }
      for place in bytes.indices {
        var damaged = bytes
        damaged[place] ^= 0x11
        // Whatever becomes of it, a valid circuit or an error.
        if let other = try? CircuitFormat.decodeCircuit(damaged) {
          #expect(try CircuitFormat.decodeCircuit(CircuitFormat.encode(other)) == other)
        }
      }
    }
  }

  @Test func configurationIsNoPartOfAValue() throws {
    let angle = Angle(constant: 0.5, terms: [.init(2, .parameter(0))], configuration: [.init(3, "a")])
    #expect(angle.value(parameters: [1.5], features: []) == 3.5)
    #expect(angle.description == "2*p0+3*a+0.5")
    #expect((-angle).configuration == [.init(-3, "a")])
    #expect(angle.shiftingParameters(by: 2).configuration == angle.configuration)
  }
}
