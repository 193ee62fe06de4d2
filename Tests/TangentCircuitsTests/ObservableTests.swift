import TangentNumerics
import TestSupport
import Testing

@testable import TangentCircuits

@Suite struct ObservableTests {
  private func matrix(_ observable: Observable) -> ComplexMatrix { DenseReference.operatorMatrix(observable) }

  @Test func pauliStringsAreKroneckerProducts() throws {
    for letters in ["Z", "ZI", "IX", "YZX", "YY", "III"] {
      let observable = try Observable.pauli(letters)
      #expect(observable.qubitCount == letters.count)
      #expect(distance(try observable.matrix(), DenseReference.pauli(letters)) == 0)
    }
    let projector = try Observable.projector("10").matrix()
    #expect(projector.re[2 * 4 + 2] == 1 && projector.trace.re == 1 && projector.maximumModulus == 1)
  }

  @Test func textNamesEveryTerm() throws {
    let sum = try Observable.combination(
      [.pauli("ZIY"), .projector("010"), .pauli("IXI"), .projector("111")],
      coefficients: [1, -0.5, 0.25, 2])
    #expect("\(sum)" == "1.0*ZIY + 0.25*IXI + -0.5*|010><010| + 2.0*|111><111|")
    #expect(sum.termCount == 4)
    #expect((0..<4).map { sum.term($0).text } == ["ZIY", "IXI", "010", "111"])
    #expect((0..<4).map { sum.term($0).coefficient } == [1, 0.25, -0.5, 2])
    var dense = ComplexMatrix(rows: 8, columns: 8)
    dense.re[0] = 1
    let both = try Observable.combination([.pauli("XXX"), .hermitian(dense)], coefficients: [3, 1])
    #expect("\(both)" == "3.0*XXX + dense 8 x 8")
    let difference = try Observable.combination([.pauli("ZZ"), .pauli("ZZ")], coefficients: [1, -1])
    #expect(["0", "0.0*ZZ"].contains("\(difference)"))
  }

  @Test(arguments: 0..<5 as Range<UInt64>) func combinationsAddMatrices(seed: UInt64) throws {
    var cases = RandomCases(seed: seed)
    let parts = try [
      cases.pauliSum(3, terms: 3), cases.pauliSum(3, terms: 2), .hermitian(cases.hermitian(8)),
      .hermitian(cases.hermitian(8)), .projector("101"), .projector("101"), .projector("010"),
    ]
    let coefficients = cases.vector(parts.count)
    let sum = try Observable.combination(parts, coefficients: coefficients)
    let expected = zip(parts, coefficients).reduce(ComplexMatrix(rows: 8, columns: 8)) {
      $0 + matrix($1.0).scaled(by: $1.1)
    }
    #expect(distance(matrix(sum), expected) < 1e-14)
    #expect(distance(try sum.matrix(), expected) < 1e-14)
    #expect(distance(try sum.scaled(by: -0.3).matrix(), expected.scaled(by: -0.3)) < 1e-14)
  }

  @Test func equalStringsAreCollectedAndZerosDropped() throws {
    let sum = try Observable.combination(
      [.pauli("ZI"), .pauli("XX"), .pauli("ZI"), .projector("01"), .projector("01")],
      coefficients: [1, 2, -1, 0.5, -0.5])
    #expect(sum == (try Observable.pauli("XX").scaled(by: 2)))
    #expect(sum.projectors.isEmpty)
    let nothing = try Observable.combination([.pauli("Z"), .pauli("Z")], coefficients: [1, -1])
    #expect(try nothing.matrix().maximumModulus == 0)
  }

  @Test func badInputIsNamed() throws {
    expectInvalid("0 qubits", "between 1 and 128") { _ = try Observable.pauli("") }
    expectInvalid("129 qubits") { _ = try Observable.projector(String(repeating: "0", count: 129)) }
    expectInvalid("\"A\"", "\"ZA\"", "I, X, Y, Z") { _ = try Observable.pauli("ZA") }
    expectInvalid("\"2\"", "\"012\"", "not 0 or 1") { _ = try Observable.projector("012") }
    expectInvalid("on 2 qubits cannot be added to one on 1 qubits") {
      _ = try Observable.combination([.pauli("Z"), .pauli("ZZ")], coefficients: [1, 1])
    }
    expectInvalid("1 observables and 2 coefficients") {
      _ = try Observable.combination([.pauli("Z")], coefficients: [1, 1])
    }
    expectInvalid("0 observables") { _ = try Observable.combination([], coefficients: []) }
    expectInvalid("coefficient is nan", "finite") { _ = try Observable.pauli("Z").scaled(by: .nan) }
    let large = try Observable.combination(
      [.pauli("Z"), .projector("0"), .hermitian(.identity(2))], coefficients: [1e200, 1e200, 1e200])
    for part in [0, 1, 2] {
      let single = [
        Observable(qubitCount: 1, paulis: large.paulis, projectors: [], dense: nil),
        Observable(qubitCount: 1, paulis: [], projectors: large.projectors, dense: nil),
        Observable(qubitCount: 1, paulis: [], projectors: [], dense: large.dense),
      ][part]
      expectInvalid("finite") { _ = try single.scaled(by: 1e200) }
    }
  }

  @Test func matricesMustBeHermitian() throws {
    var cases = RandomCases(seed: 1)
    var entries = cases.hermitian(4)
    entries.im[1] += 1e-3
    expectInvalid("not Hermitian", "0.001", "tolerance is 1e-10", "(A + A^dagger)/2") {
      _ = try Observable.hermitian(entries)
    }
    entries.im[1] = .infinity
    expectInvalid("NaN or infinite") { _ = try Observable.hermitian(entries) }
    expectInvalid("3 x 3", "power of two") { _ = try Observable.hermitian(.identity(3)) }
    // What lies within the tolerance is made exactly Hermitian.
    var nearly = cases.hermitian(4)
    nearly.im[0] = 1e-12
    let dense = try #require(Observable.hermitian(nearly).dense)
    #expect(dense == dense.adjoint)
  }

  @Test func diagonalEntries() throws {
    var cases = RandomCases(seed: 4)
    let diagonal = try Observable.combination(
      [.pauli("ZIZ"), .pauli("III"), .pauli("IZI"), .projector("110")], coefficients: cases.vector(4))
    #expect(diagonal.isDiagonal)
    let expected = matrix(diagonal)
    for index in 0..<8 {
      #expect(abs(diagonal.diagonalEntry(UInt64(index)) - expected[index, index].re) < 1e-15)
    }
    #expect(!(try Observable.pauli("ZX").isDiagonal))
    #expect(!(try Observable.hermitian(.identity(2)).isDiagonal))
  }

  /// The spectrum on the support alone is the whole spectrum, without its multiplicities.
  @Test func supportCarriesTheSpectrum() throws {
    let sum = try Observable.combination(
      [.pauli("IXIZ"), .pauli("IZIY"), .pauli("IIII")], coefficients: [1, 0.5, 2])
    #expect(sum.support == 0b0101)
    let small = sum.restrictedToSupport
    #expect(small.qubitCount == 2)
    let whole = try HermitianEigen(matrix(sum)).values
    let part = try HermitianEigen(matrix(small)).values
    for (k, value) in part.enumerated() { for r in 0..<4 { #expect(abs(whole[4 * k + r] - value) < 1e-13) } }
    #expect(try Observable.projector("010").support == 0b111)
    #expect(try Observable.pauli("II").restrictedToSupport.qubitCount == 1)
  }

  @Test func singlePaulis() throws {
    let shifted = try Observable.combination([.pauli("II"), .pauli("XZ")], coefficients: [3, -2])
    let found = try #require(shifted.singlePauli)
    #expect(found.shift == 3 && found.coefficient == -2 && found.string.letters(register: 2) == "XZ")
    #expect(try Observable.pauli("II").singlePauli == nil)
    #expect(
      try Observable.combination([.pauli("XI"), .pauli("IX")], coefficients: [1, 1]).singlePauli == nil)
    #expect(try Observable.projector("1").singlePauli == nil)
  }

  @Test func commutation() throws {
    let letters = Array("IXYZ")
    let strings = letters.flatMap { a in letters.map { "\(a)\($0)" } }
    for a in strings {
      for b in strings {
        let (p, q) = (DenseReference.pauli(a), DenseReference.pauli(b))
        let commutator = DenseReference.product(p, q) - DenseReference.product(q, p)
        let (s, t) = (
          try PauliString(a, qubits: [0, 1], register: 2), try PauliString(b, qubits: [0, 1], register: 2)
        )
        #expect(s.commutes(with: t) == (commutator.maximumModulus == 0))
      }
    }
  }

  @Test func denseMatricesStopBeforeMemoryDoes() throws {
    let wide = try Observable.pauli(String(repeating: "Z", count: 13))
    let error = #expect(throws: TangentError.self) { try wide.matrix() }
    #expect(error?.kind == .outOfMemory)
    #expect(error?.message.contains("13 qubits") == true)
  }
}
