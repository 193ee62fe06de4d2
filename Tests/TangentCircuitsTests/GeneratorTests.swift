import TangentNumerics
import TestSupport
import Testing

@testable import TangentCircuits

/// Zsum and the norms of generators, from dense matrices and closed forms.
@Suite struct GeneratorTests {
  /// (tr G^2 - (tr G)^2/d)/(d^2 - 1)
  private func z(_ generator: ComplexMatrix) -> Double {
    let d = Double(generator.rows)
    let square = DenseReference.product(generator, generator)
    return (square.trace.re - generator.trace.re * generator.trace.re / d) / (d * d - 1)
  }

  /// Every parameter's generators, with their factors and places among all elementary operations.
  private func occurrences(_ circuit: Circuit) -> [[(place: Int, generator: ComplexMatrix)]] {
    var result = [[(place: Int, generator: ComplexMatrix)]](repeating: [], count: circuit.parameterCount)
    let theta = [Double](repeating: 0, count: circuit.parameterCount)
    let x = [Double](repeating: 0, count: circuit.featureCount)
    for (place, factor) in DenseReference.factors(circuit, theta, x).enumerated() {
      var factors: [Int: Double] = [:]
      for term in factor.angle.terms {
        if case .parameter(let p) = term.factor { factors[p, default: 0] += term.coefficient }
      }
      for (p, coefficient) in factors {
        result[p].append((place, factor.generator!.scaled(by: coefficient)))
      }
    }
    return result
  }

  private func expectedZSum(_ circuit: Circuit) -> Double {
    occurrences(circuit).reduce(0) { sum, places in
      var merged: [(place: Int, generator: ComplexMatrix)] = []
      for (place, generator) in places {
        if let last = merged.last, last.place + 1 == place {
          merged[merged.count - 1] = (place, last.generator + generator)
        } else {
          merged.append((place, generator))
        }
      }
      return sum + merged.reduce(0) { $0 + z($1.generator) }
    }
  }

  private func norm(_ matrix: ComplexMatrix) throws -> Double {
    try HermitianEigen(matrix).values.map(abs).max()!
  }

  @Test(arguments: 0..<12 as Range<UInt64>) func randomCircuits(seed: UInt64) throws {
    var cases = RandomCases(seed: 40 + seed)
    // Few parameters, so that they are shared and often adjacent.
    let circuit = try cases.circuit(qubits: 3, length: 30, parameters: 2)
    #expect(abs(try circuit.zSum() - expectedZSum(circuit)) < 1e-11)
    let norms = try circuit.generatorNorms()
    for (p, places) in occurrences(circuit).enumerated() {
      let expected = try places.reduce(0) { $0 + (try norm($1.generator)) }
      #expect(abs(norms[p] - expected) < 1e-11)
    }
  }

  @Test(arguments: Gate.allCases.filter { $0.definition.angleCount == 1 }) func everyGate(gate: Gate) throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(
      gate, qubits: Array([2, 0][..<gate.definition.qubitCount]),
      angles: [Angle(terms: [.init(-3, .parameter(0))])])
    #expect(abs(try circuit.zSum() - expectedZSum(circuit)) < 1e-13)
    #expect(abs(try circuit.generatorNorms()[0] - (try norm(occurrences(circuit)[0][0].generator))) < 1e-13)
  }

  /// exp(-i theta P) has Z = d/(d^2 - 1); the half angle of a rotation divides it by 4, a factor a multiplies it by a^2.
  @Test(arguments: [1, 2, 5, 40]) func closedForms(n: Int) throws {
    let d = Double(sign: .plus, exponent: n, significand: 1)
    let letters = String(repeating: "Y", count: n)
    var evolved = try Circuit(qubitCount: n)
    try evolved.appendEvolution(.parameter(0), generator: .pauli(letters), qubits: Array(0..<n))
    #expect(abs(try evolved.zSum() / (d / (d * d - 1)) - 1) < 1e-14)
    var rotated = try Circuit(qubitCount: n)
    let angle = Angle(constant: 1, terms: [.init(3, .parameter(0)), .init(1, .feature(0))])
    try rotated.appendRotation(angle, pauli: letters, qubits: Array(0..<n))
    #expect(abs(try rotated.zSum() / (9 * d / (d * d - 1) / 4) - 1) < 1e-14)
    #expect(try rotated.generatorNorms() == [1.5])
  }

  /// Adjacent occurrences of one parameter are one generator, others count each for itself.
  @Test func adjacentOccurrences() throws {
    let (single, twice) = (2.0 / 3 / 4, [Angle.parameter(0), .parameter(0)])
    func zSum(_ angles: [Angle], between gate: Gate? = nil) throws -> Double {
      var circuit = try Circuit(qubitCount: 1)
      for (k, angle) in angles.enumerated() {
        if k > 0, let gate { try circuit.append(gate, qubits: [0]) }
        try circuit.append(.rx, qubits: [0], angles: [angle])
      }
      return try circuit.zSum()
    }
    #expect(abs(try zSum(twice) - 4 * single) < 1e-15)
    #expect(abs(try zSum(twice, between: .h) - 2 * single) < 1e-15)
    #expect(abs(try zSum([.parameter(0), -.parameter(0)])) < 1e-15)
    #expect(abs(try zSum([.parameter(0), .parameter(1), .parameter(0)]) - 3 * single) < 1e-15)
    #expect(abs(try zSum([.parameter(0), .parameter(0), .parameter(0)]) - 9 * single) < 1e-15)
    // One angle that names its parameter twice.
    #expect(
      abs(try zSum([Angle(terms: [.init(1, .parameter(0)), .init(2, .parameter(0))])]) - 9 * single) < 1e-15)
    // Fixed and feature-only angles do not count.
    #expect(try zSum([.feature(0), Angle(constant: 0.4)]) == 0)
  }

  @Test func productsWithFeaturesAreRefused() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.rx, qubits: [0], angles: [Angle(terms: [.init(1, .parameterFeature(2, 1))])])
    expectInvalid("rx multiplies parameter p2 with feature x1") { _ = try circuit.zSum() }
    expectInvalid("rx multiplies parameter p2 with feature x1") { _ = try circuit.generatorNorms() }
  }
}
