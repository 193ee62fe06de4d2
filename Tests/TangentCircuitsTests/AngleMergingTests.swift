import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

/// The form that angles take when a gate is appended.
@Suite struct AngleMergingTests {
  private func appended(_ angle: Angle) throws -> (angle: Angle, circuit: Circuit) {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.rx, qubits: [0], angles: [angle])
    return (circuit.instructions[0].angles[0], circuit)
  }

  @Test func equalTermsAreOneInAFixedOrder() throws {
    let terms: [Angle.Term] = [
      .init(3, .featureFeature(2, 1)), .init(1, .parameterFeature(0, 2)), .init(0.5, .parameter(4)),
      .init(7, .feature(0)), .init(2, .parameter(1)), .init(1, .featureFeature(1, 2)),
      .init(-0.25, .parameter(4)),
    ]
    let expected: [Angle.Term] = [
      .init(2, .parameter(1)), .init(0.25, .parameter(4)), .init(7, .feature(0)),
      .init(1, .parameterFeature(0, 2)), .init(4, .featureFeature(1, 2)),
    ]
    for shift in terms.indices {
      let turned = Array(terms[shift...] + terms[..<shift])
      #expect(
        try appended(Angle(constant: 0.5, terms: turned)).angle == Angle(constant: 0.5, terms: expected))
    }
  }

  /// The coefficients of one term are added in the order given: (1 + 1e16) - 1e16 = 0, but 1 + (1e16 - 1e16) = 1.
  @Test func coefficientsAreAddedInTheirOrder() throws {
    func sum(_ coefficients: [Double]) throws -> Double {
      try appended(Angle(terms: coefficients.map { .init($0, .parameter(0)) })).angle.terms[0].coefficient
    }
    #expect(try sum([1, 1e16, -1e16]) == 0)
    #expect(try sum([1e16, -1e16, 1]) == 1)
  }

  @Test func zeroCoefficientsStayAndCount() throws {
    let cancelled = Angle(terms: [.init(1, .parameter(6)), .init(-1, .parameter(6)), .init(0, .feature(2))])
    let (angle, circuit) = try appended(cancelled)
    #expect(angle.terms == [.init(0, .parameter(6)), .init(0, .feature(2))])
    #expect(circuit.parameterCount == 7 && circuit.featureCount == 3)
    #expect(try circuit.inverse.parameterCount == 7)
    #expect(try CircuitFormat.decodeCircuit(CircuitFormat.encode(circuit)).parameterCount == 7)
  }

  @Test func sumsThatOverflowAreErrors() {
    expectInvalid("coefficient is inf") {
      _ = try appended(Angle(terms: [.init(1e308, .feature(0)), .init(1e308, .feature(0))]))
    }
  }

  /// So that a circuit that was read is the same again.
  @Test(arguments: 0..<5 as Range<UInt64>) func appendingAgainChangesNothing(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    let circuit = try cases.circuit(qubits: 3, length: 40, parameters: 6, features: 3)
    for whole in [circuit, try circuit.inverse] {
      var again = try Circuit(qubitCount: 3)
      try again.append(whole)
      #expect(CircuitFormat.encode(again) == CircuitFormat.encode(whole))
    }
  }
}
