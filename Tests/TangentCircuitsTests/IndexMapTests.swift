import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

/// Index maps made of random X, CX and SWAP against the products of their matrices.
@Suite struct IndexMapTests {
  private static let n = 4

  /// A map, and P built from plain matrices: P|i> = |f(i)>.
  private func sample(_ cases: inout RandomCases, gates count: Int) throws -> (IndexMap, ComplexMatrix) {
    let n = IndexMapTests.n
    var (map, matrix) = (IndexMap(bitCount: n), ComplexMatrix.identity(1 << n))
    for _ in 0..<count {
      let gate = [Gate.x, .cx, .swap, .cx][cases.random.index(below: 4)]
      let qubits = cases.qubits(gate.definition.qubitCount, of: n)
      let image = gate == .x ? [1, 0] : gate == .cx ? [0, 1, 3, 2] : [0, 2, 1, 3]
      let own = try #require(IndexMap(image: image, bits: qubits.map { n - 1 - $0 }, bitCount: n))
      map = map.followed(by: own)
      var circuit = try Circuit(qubitCount: n)
      try circuit.append(gate, qubits: qubits)
      matrix = DenseReference.product(DenseReference.unitary(circuit, []), matrix)
    }
    return (map, matrix)
  }

  @Test(arguments: 0..<20) func imagesAreThoseOfTheMatrix(seed: Int) throws {
    var cases = RandomCases(seed: UInt64(seed))
    let (map, matrix) = try sample(&cases, gates: seed)
    var counted = 0
    map.forEachImage { index, image in
      #expect(index == counted)
      counted += 1
      #expect(matrix[image, index] == (1, 0))
      #expect(map.image(of: UInt64(index)) == image)
      #expect(map.inverse.image(of: UInt64(image)) == index)
    }
    #expect(counted == matrix.rows)
    #expect(map.isIdentity == (matrix == .identity(matrix.rows)))
    #expect(map.followed(by: map.inverse).isIdentity)
  }

  @Test(arguments: 0..<20) func stringsArePulledBackWithTheirSigns(seed: Int) throws {
    var cases = RandomCases(seed: 100 + UInt64(seed))
    let (map, matrix) = try sample(&cases, gates: 12)
    for _ in 0..<16 {
      let letters = String((0..<IndexMapTests.n).map { _ in Array("IXYZ")[cases.random.index(below: 4)] })
      let string = try PauliString(letters, qubits: Array(0..<IndexMapTests.n), register: IndexMapTests.n)
      let (pulled, isNegative) = map.pullBack(string)
      let own = DenseReference.pauli(pulled.letters(register: IndexMapTests.n))
      let expected = DenseReference.product(
        DenseReference.product(matrix.adjoint, DenseReference.pauli(letters)), matrix)
      #expect((own.scaled(by: isNegative ? -1 : 1) - expected).maximumModulus == 0)
    }
  }

  @Test(arguments: 0..<8) func observablesArePulledBack(seed: Int) throws {
    var cases = RandomCases(seed: 200 + UInt64(seed))
    let n = IndexMapTests.n
    let (map, matrix) = try sample(&cases, gates: 12)
    let observable = try Observable.combination(
      [cases.pauliSum(n, terms: 4), .projector("0110"), .hermitian(cases.hermitian(1 << n))],
      coefficients: [1, 0.5, 0.25])
    let own = DenseReference.operatorMatrix(observable.pulledBack(through: map))
    let expected = DenseReference.product(
      DenseReference.product(matrix.adjoint, DenseReference.operatorMatrix(observable)), matrix)
    #expect((own - expected).maximumModulus < 1e-14)
  }

  @Test func keptBitsAreOutsideTheSupport() throws {
    // CX from bit 3 to bit 1, X on bit 0.
    let map = try #require(IndexMap(image: [0, 1, 3, 2], bits: [3, 1], bitCount: 5))
      .followed(by: #require(IndexMap(image: [1, 0], bits: [0], bitCount: 5)))
    #expect((0..<5).map(map.keeps) == [false, false, true, true, true])
    #expect(map.support == 0b01011)
    #expect(!map.isRelabelling)
  }

  /// Of three bits, CCX is not affine, and neither is a cyclic shift of the index.
  @Test func otherPermutationsAreNone() {
    #expect(IndexMap(image: [0, 1, 2, 3, 4, 5, 7, 6], bits: [2, 1, 0], bitCount: 3) == nil)
    #expect(IndexMap(image: (0..<8).map { ($0 + 1) % 8 }, bits: [2, 1, 0], bitCount: 3) == nil)
    #expect(IndexMap(image: (0..<8).map { $0 ^ 5 }, bits: [2, 1, 0], bitCount: 3)?.offset == 5)
  }
}
