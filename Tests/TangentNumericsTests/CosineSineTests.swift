import Glibc
import Testing

@testable import TangentNumerics

@Suite struct CosineSineTests {
  /// U from its factors by their definition, and the unitarity of all four.
  private func check(_ unitary: ComplexMatrix, _ tolerance: Double) throws {
    let parts = try #require(CosineSine(unitary))
    let h = unitary.rows / 2
    func product(_ a: ComplexMatrix, _ weights: [Double], _ b: ComplexMatrix) -> ComplexMatrix {
      var middle = ComplexMatrix(rows: h, columns: h)
      for k in 0..<h { middle[k, k] = (weights[k], 0) }
      return a.multiplied(by: middle).multiplied(by: b)
    }
    let (c, s) = (parts.cosines, parts.sines)
    let quarters = [
      product(parts.left.upper, c, parts.right.upper), product(parts.left.upper, s.map(-), parts.right.lower),
      product(parts.left.lower, s, parts.right.upper), product(parts.left.lower, c, parts.right.lower),
    ]
    for (k, quarter) in quarters.enumerated() {
      for i in 0..<h {
        for j in 0..<h {
          let expected = unitary[i + (k / 2) * h, j + (k % 2) * h]
          let found = quarter[i, j]
          #expect(hypot(found.re - expected.re, found.im - expected.im) < tolerance)
        }
      }
    }
    for factor in [parts.left.upper, parts.left.lower, parts.right.upper, parts.right.lower] {
      let defect = factor.adjoint.multiplied(by: factor) - .identity(h)
      #expect(defect.maximumModulus < tolerance)
    }
    for k in 0..<h { #expect(abs(c[k] * c[k] + s[k] * s[k] - 1) < tolerance) }
  }

  @Test(arguments: [2, 4, 6, 8, 16, 32, 64, 128]) func haarUnitaries(d: Int) throws {
    for seed in 0..<5 { try check(.haarUnitary(dimension: d, seed: UInt64(seed)), 2e-14) }
  }
}
