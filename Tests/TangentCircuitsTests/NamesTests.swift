import TangentCircuits
import TangentNumerics
import Testing

@Suite struct NamesTests {
  /// ry(p0) rz(p1 x0) on one qubit.
  private func circuit(_ parameters: [String]? = nil, _ features: [String]? = nil) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(0)])
    try circuit.append(.rz, qubits: [0], angles: [Angle(terms: [.init(1, .parameterFeature(1, 0))])])
    try circuit.setNames(of: .parameter, parameters)
    try circuit.setNames(of: .feature, features)
    return circuit
  }

  private func joined(_ a: Circuit, _ b: Circuit, shared: Bool) throws -> [[String]] {
    var result = a
    try result.append(b, sharingParameters: shared)
    return [result.names(of: .parameter), result.names(of: .feature)]
  }

  @Test func namesAreGivenAndTaken() throws {
    var circuit = try circuit(["alpha", "β"], ["dose"])
    #expect(circuit.names(of: .parameter) == ["alpha", "β"] && circuit.names(of: .feature) == ["dose"])
    #expect(try circuit.inverse.names(of: .parameter) == ["alpha", "β"])
    try circuit.append(.rx, qubits: [0], angles: [.parameter(3)])
    #expect(circuit.names(of: .parameter) == ["alpha", "β", "p2", "p3"])
    try circuit.setNames(of: .parameter, nil)
    #expect(circuit.names(of: .parameter) == ["p0", "p1", "p2", "p3"])
  }

  @Test func equalCircuitsMayHaveOtherNames() throws {
    #expect(try circuit(["a", "b"], ["c"]) == circuit())
    var other = try circuit(["a", "b"], ["c"])
    try other.append(.h, qubits: [0])
    #expect(try other != circuit(["a", "b"], ["c"]))
  }

  /// A name that another index would have unasked stays with whom it was given to.
  @Test func namesStayDifferent() throws {
    #expect(try circuit(["p1", "p0"]).names(of: .parameter) == ["p1", "p0"])
    var circuit = try circuit(["p2", "b"])
    try circuit.append(.rx, qubits: [0], angles: [.parameter(2)])
    #expect(circuit.names(of: .parameter) == ["p2", "b", "p2_2"])
    try circuit.setNames(of: .parameter, circuit.names(of: .parameter))
    #expect(circuit.names(of: .parameter) == ["p2", "b", "p2_2"])
  }

  @Test func namesMoveWithTheirParameters() throws {
    let (plain, named) = (try circuit(), try circuit(["a", "b"], ["dose"]))
    #expect(try joined(plain, named, shared: false) == [["p0", "p1", "a", "b"], ["dose"]])
    #expect(try joined(named, plain, shared: false) == [["a", "b", "p2", "p3"], ["dose"]])
    #expect(try joined(named, named, shared: false) == [["a", "b", "a_2", "b_2"], ["dose"]])
    var three = named
    for _ in 0..<2 { try three.append(named) }
    #expect(three.names(of: .parameter) == ["a", "b", "a_2", "b_2", "a_3", "b_3"])
  }

  @Test func sharedParametersKeepTheirNames() throws {
    let (plain, named) = (try circuit(), try circuit(["a", "b"], ["dose"]))
    for (first, second) in [(plain, named), (named, plain), (named, named)] {
      #expect(try joined(first, second, shared: true) == [["a", "b"], ["dose"]])
    }
  }

  @Test func namesAreTakenFromAnother() throws {
    let named = try circuit(["a", "b"], ["dose"])
    var part = try Circuit(qubitCount: 1)
    try part.append(.rx, qubits: [0], angles: [.parameter(0)])
    try part.setNames(of: .parameter, ["c"])
    try part.takeNames(of: named)
    #expect(part.names(of: .parameter) == ["a"] && part.names(of: .feature) == [])
    try part.append(.rx, qubits: [0], angles: [.parameter(1)])
    #expect(part.names(of: .parameter) == ["a", "p1"])
    try part.takeNames(of: circuit())
    #expect(part.names(of: .parameter) == ["p0", "p1"])
  }

  @Test func contradictingNamesAreErrors() throws {
    let named = try circuit(["a", "b"], ["dose"])
    let other = try circuit(["a", "c"], ["dose"])
    expectInvalid("parameter 1 is called \"b\" in one circuit and \"c\" in the other", "rename") {
      _ = try joined(named, other, shared: true)
    }
    expectInvalid("\"a\" is parameter 0 of one circuit and parameter 1 of the other", "rename") {
      _ = try joined(circuit(["a", "p1"]), circuit(["p0", "a"]), shared: true)
    }
    expectInvalid("feature 0 is called \"dose\" in one circuit and \"age\" in the other") {
      _ = try joined(named, circuit(["d", "e"], ["age"]), shared: false)
    }
    var unchanged = named
    #expect(throws: TangentError.self) { try unchanged.append(other, sharingParameters: true) }
    #expect(unchanged == named && unchanged.names(of: .parameter) == ["a", "b"])
  }

  @Test func namesThatCannotBe() throws {
    let plain = try circuit()
    func name(_ parameters: [String]) throws {
      var circuit = plain
      try circuit.setNames(of: .parameter, parameters)
    }
    expectInvalid("1 names for 2 parameters", "one for each") { try name(["a"]) }
    expectInvalid("3 names for 2 parameters") { try name(["a", "b", "c"]) }
    expectInvalid("parameters 0 and 1 are both called \"a\"") { try name(["a", "a"]) }
    expectInvalid("parameters 0 and 1 are both called \"p0\"") { try name(["p0", "p0"]) }
    expectInvalid("parameters 0 and 1 are both called \"p1\"") { try name(["p1", "p1"]) }
    expectInvalid("the name of parameter 1 is empty") { try name(["a", ""]) }
    for character in ["\n", "\0", "\u{1B}", "\u{2028}", "\u{85}"] {
      expectInvalid("the name of parameter 0 contains a control character") {
        try name(["a" + character, "b"])
      }
    }
    try name([String(repeating: "é", count: 128), "b"])
    expectInvalid("the name of parameter 0 has 257 bytes, at most 256") {
      try name([String(repeating: "a", count: 257), "b"])
    }
    expectInvalid("1 names for 0 features") {
      var fixed = try Circuit(qubitCount: 1)
      try fixed.setNames(of: .feature, ["dose"])
    }
  }
}
