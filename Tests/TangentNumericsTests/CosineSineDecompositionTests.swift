import Glibc
import Testing

@testable import TangentNumerics

@Suite struct CosineSineDecompositionTests {
  @Test(arguments: [2, 4, 6, 8, 16, 32, 64, 128]) func haarUnitaries(d: Int) throws {
    for seed in 0..<5 { try check(.haarUnitary(dimension: d, seed: UInt64(seed))) }
  }

  /// Sines and cosines that vanish, coincide, or are too small for the eigenvalues of A^dagger A to tell them apart.
  private static let extremes: [[Double]] = [
    [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], [1e-9, 2e-9, 1, 0.3],
    [1e-8, 1e-9, 0, 1e-12], [1, 1 - 1e-15, 0.7071067811865476, 1e-16], [1e-3, 1.1e-3, 1.2e-3, 0.9e-3],
  ]

  @Test(arguments: extremes) func extremeSines(sines: [Double]) throws {
    for swapped in [false, true] {
      var middle = ComplexMatrix(rows: 8, columns: 8)
      for (k, small) in sines.enumerated() {
        let large = (1 - small * small).squareRoot()
        let (c, s) = swapped ? (small, large) : (large, small)
        (middle[k, k], middle[4 + k, 4 + k]) = ((c, 0), (c, 0))
        (middle[k, 4 + k], middle[4 + k, k]) = ((-s, 0), (s, 0))
      }
      try check(middle)
      try check(blocks(1, 2).multiplied(by: middle).multiplied(by: blocks(3, 4)))
    }
  }

  @Test func permutations() throws {
    for shift in 1..<8 {
      var matrix = ComplexMatrix(rows: 8, columns: 8)
      for k in 0..<8 { matrix[(k * 3 + shift) % 8, k] = (0, 1) }
      try check(matrix)
    }
  }

  /// What the circuit's own check lets pass is not unitary enough.
  @Test func refusesWhatItCannotGiveBack() {
    var matrix = ComplexMatrix.haarUnitary(dimension: 8, seed: 9)
    matrix[2, 5].re += 1e-11
    #expect(CosineSineDecomposition(matrix) == nil)
    #expect(
      CosineSineDecomposition(ComplexMatrix.haarUnitary(dimension: 8, seed: 9).scaled(by: 1 + 1e-11)) == nil)
  }

  /// U from its factors by their definition, and that all four are unitary.
  private func check(_ unitary: ComplexMatrix) throws {
    let tolerance = 5e-15
    let parts = try #require(CosineSineDecomposition(unitary))
    let h = unitary.rows / 2
    let (c, s) = (parts.cosines, parts.sines)
    for row in 0..<2 {
      for column in 0..<2 {
        let left = row == 0 ? parts.left.upper : parts.left.lower
        let right = column == 0 ? parts.right.upper : parts.right.lower
        let weights = row == column ? c : row == 0 ? s.map(-) : s
        for i in 0..<h {
          for j in 0..<h {
            var (re, im) = unitary[row * h + i, column * h + j]
            for k in 0..<h {
              let (x, y) = (left[i, k], right[k, j])
              re -= weights[k] * (x.re * y.re - x.im * y.im)
              im -= weights[k] * (x.re * y.im + x.im * y.re)
            }
            #expect(hypot(re, im) < tolerance)
          }
        }
      }
    }
    for factor in [parts.left.upper, parts.left.lower, parts.right.upper, parts.right.lower] {
      let defect = factor.adjoint.multiplied(by: factor) - .identity(h)
      #expect(defect.maximumModulus < tolerance)
    }
    for k in 0..<h { #expect(abs(c[k] * c[k] + s[k] * s[k] - 1) < tolerance) }
  }

  /// Two random unitaries of half the size.
  private func blocks(_ first: UInt64, _ second: UInt64) -> ComplexMatrix {
    var result = ComplexMatrix(rows: 8, columns: 8)
    let parts = [first, second].map { ComplexMatrix.haarUnitary(dimension: 4, seed: $0) }
    for i in 0..<4 {
      for j in 0..<4 {
        result[i, j] = parts[0][i, j]
        result[4 + i, 4 + j] = parts[1][i, j]
      }
    }
    return result
  }
}
