import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

/// Putting circuits together and turning them round.
@Suite struct CircuitTests {
  private func pieces(_ seed: UInt64) throws -> (a: Circuit, b: Circuit, theta: [Double], x: [Double]) {
    var cases = RandomCases(seed: seed)
    return (
      try cases.circuit(qubits: 3, length: 12, parameters: 3, features: 2),
      try cases.circuit(qubits: 3, length: 12, parameters: 2, features: 3), cases.vector(5), cases.vector(3)
    )
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func appendingMovesParameters(seed: UInt64) throws {
    let (a, b, theta, x) = try pieces(seed)
    var both = a
    try both.append(b)
    #expect(both.parameterCount == 5 && both.featureCount == 3)
    let expected = DenseReference.product(
      DenseReference.unitary(b, Array(theta[3...]), x), DenseReference.unitary(a, theta, x))
    #expect(distance(DenseReference.unitary(both, theta, x), expected) < 1e-13)
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func appendingCanShareParameters(seed: UInt64) throws {
    let (a, b, theta, x) = try pieces(seed)
    var both = a
    try both.append(b, sharingParameters: true)
    #expect(both.parameterCount == 3 && both.featureCount == 3)
    let expected = DenseReference.product(
      DenseReference.unitary(b, theta, x), DenseReference.unitary(a, theta, x))
    #expect(distance(DenseReference.unitary(both, theta, x), expected) < 1e-13)
  }

  @Test(arguments: 0..<6 as Range<UInt64>) func inverseUndoes(seed: UInt64) throws {
    let (a, _, theta, x) = try pieces(seed)
    let inverse = try a.inverse
    #expect(inverse.parameterCount == a.parameterCount && inverse.featureCount == a.featureCount)
    let product = DenseReference.product(
      DenseReference.unitary(inverse, theta, x), DenseReference.unitary(a, theta, x))
    #expect(distance(product, .identity(8)) < 1e-12)
    #expect(try inverse.inverse == a)
  }

  @Test func countsAreOneMoreThanTheLargestIndex() throws {
    var circuit = try Circuit(qubitCount: 2)
    #expect(circuit.parameterCount == 0 && circuit.featureCount == 0)
    try circuit.append(.rx, qubits: [0], angles: [.parameter(4)])
    try circuit.appendRotation(.feature(6), pauli: "XY", qubits: [1, 0])
    try circuit.append(.cp, qubits: [1, 0], angles: [Angle(terms: [.init(1, .parameterFeature(2, 9))])])
    #expect(circuit.parameterCount == 5 && circuit.featureCount == 10)
  }

  /// Qubit 0 is the most significant bit; the first of a matrix's qubits is its most significant index.
  @Test func qubitZeroIsTheMostSignificantBit() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.x, qubits: [0])
    #expect(DenseReference.unitary(circuit, [])[4, 0].re == 1)
    var cx = try Circuit(qubitCount: 2)
    try cx.append(.cx, qubits: [0, 1])
    var same = try Circuit(qubitCount: 2)
    try same.appendUnitary(DenseReference.unitary(cx, []), qubits: [0, 1])
    #expect(distance(DenseReference.unitary(same, []), DenseReference.unitary(cx, [])) == 0)
  }
}
