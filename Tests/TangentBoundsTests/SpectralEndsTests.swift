import Glibc
import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentBounds

/// Ends of spectra that are too large to be diagonalised in passing: they hold every eigenvalue, and hardly more.
@Suite struct SpectralEndsTests {
  /// sum X_k X_k+1 + Z_k Z_k+1 times `coupling`, with Y fields.
  private func chain(_ n: Int, coupling: Double, field: Double) throws -> Observable {
    var (parts, coefficients): ([Observable], [Double]) = ([], [])
    for k in 0..<n {
      for letter in field == 0 ? ["X", "Z"] : ["X", "Y", "Z"] where k + 1 < n {
        let both =
          String(repeating: "I", count: k) + letter + letter + String(repeating: "I", count: n - k - 2)
        parts.append(try .pauli(both))
        coefficients.append(coupling)
      }
      guard field != 0 else { continue }
      parts.append(
        try .pauli(String(repeating: "I", count: k) + "Y" + String(repeating: "I", count: n - k - 1)))
      coefficients.append(field * Double(k + 1))
    }
    return try .combination(parts, coefficients: coefficients)
  }

  @Test(arguments: [0, 0.3]) func holdTheSpectrumOfNineQubits(field: Double) throws {
    let observable = try chain(9, coupling: 0.7, field: field)
    let exact = try HermitianEigen(observable.matrix()).values
    let found = try observable.spectralRange().range
    let tolerance = 1e-7 * 9 * (1.4 + 5 * field)
    #expect(found.lowerBound <= exact[0] && exact[0] - found.lowerBound < tolerance)
    #expect(found.upperBound >= exact[511] && found.upperBound - exact[511] < tolerance)
  }

  /// The chain of X X and Z is one of free fermions (Pfeuty, Annals of Physics 57, 1970): at its critical point the ground
  /// state of an open one has the energy 1 - 1/sin(pi / (4 n + 2)).
  @Test(arguments: [10, 11]) func criticalIsingChain(n: Int) throws {
    var (parts, coefficients): ([Observable], [Double]) = ([], [])
    for k in 0..<n {
      parts.append(
        try .pauli(String(repeating: "I", count: k) + "Z" + String(repeating: "I", count: n - k - 1)))
      coefficients.append(1)
      guard k + 1 < n else { continue }
      parts.append(
        try .pauli(String(repeating: "I", count: k) + "XX" + String(repeating: "I", count: n - k - 2)))
      coefficients.append(1)
    }
    let found = try Observable.combination(parts, coefficients: coefficients).spectralRange().range
    let exact = 1 / sin(.pi / Double(4 * n + 2)) - 1
    for end in [found.upperBound, -found.lowerBound] {
      #expect(end >= exact && end - exact < 1e-7 * Double(2 * n))
    }
  }

  /// Many equal eigenvalues end the iteration early; one end that only a single state has is not missed unseen.
  @Test func endsOfDegenerateSpectra() throws {
    var matrix = ComplexMatrix.identity(512)
    #expect(try SpectralEnds(matrix)?.range.contains(1) == true)
    matrix.re[0] = -3
    matrix.re[511 * 512 + 511] = 5
    let found = try #require(try SpectralEnds(matrix)).range
    #expect(found.lowerBound <= -3 && found.lowerBound > -3 - 1e-6)
    #expect(found.upperBound >= 5 && found.upperBound < 5 + 1e-6)
  }

  /// Where there is no proof nothing is claimed.
  @Test func nothingIsClaimedWithoutProof() throws {
    let tooLarge = ComplexMatrix.identity(SpectralEnds.mostRows * 2)
    #expect(try SpectralEnds(tooLarge)?.range == nil)
    let zero = ComplexMatrix(rows: 512, columns: 512)
    #expect(try SpectralEnds(zero)?.range == nil)
  }
}
