import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

/// The largest modulus of an entry of the difference; infinite for different shapes.
func distance(_ a: ComplexMatrix, _ b: ComplexMatrix) -> Double {
  a.rows == b.rows && a.columns == b.columns ? (a - b).maximumModulus : .infinity
}

/// A weighted sum of Pauli strings as a plain matrix.
func matrix(of terms: [PauliTerm], register n: Int) -> ComplexMatrix {
  terms.reduce(ComplexMatrix(rows: 1 << n, columns: 1 << n)) {
    $0 + DenseReference.pauli($1.string.letters(register: n)).scaled(by: $1.coefficient)
  }
}

/// Expects an `invalidArgument` error whose text contains every one of `parts`: the value and the remedy.
func expectInvalid(
  _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation, when body: () throws -> Void
) {
  let error = #expect(throws: TangentError.self, sourceLocation: sourceLocation) { try body() }
  #expect(error?.kind == .invalidArgument, sourceLocation: sourceLocation)
  for part in parts {
    let text = error?.message ?? ""
    #expect(text.contains(part), "\"\(text)\" does not say \"\(part)\"", sourceLocation: sourceLocation)
  }
}
