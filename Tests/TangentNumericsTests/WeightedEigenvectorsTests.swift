import Testing

@testable import TangentNumerics

@Suite struct WeightedEigenvectorsTests {
  /// sum_a w_a |a><a| with the columns of a random unitary.
  private func mixture(_ weights: [Double], _ d: Int) -> (rho: ComplexMatrix, unitary: ComplexMatrix) {
    let u = ComplexMatrix.haarUnitary(dimension: d, seed: 11)
    var rho = ComplexMatrix(rows: d, columns: d)
    for (a, weight) in weights.enumerated() {
      for i in 0..<d {
        for j in 0..<d {
          let (x, y, old) = (u[i, a], u[j, a], rho[i, j])
          rho[i, j] = (
            old.re + weight * (x.re * y.re + x.im * y.im), old.im + weight * (x.im * y.re - x.re * y.im)
          )
        }
      }
    }
    return (rho, u)
  }

  @Test(arguments: [[1.0], [0.3, 0.7], [0.1, 0.2, 0.7], [1e-9, 1 - 1e-9], [0.1, 0.2, 0.3, 0.4]])
  func areTheColumnsOfTheMixture(weights: [Double]) throws {
    let d = 4
    let (rho, u) = mixture(weights, d)
    let found = try WeightedEigenvectors(rho)
    #expect(found.weights.count == weights.count)
    #expect(found.vectors.rows == weights.count && found.vectors.columns == d)
    #expect(abs(found.smallest - (weights.count < d ? 0 : weights.min()!)) < 1e-14)
    for (a, (weight, expected)) in zip(found.weights, weights).enumerated() {
      #expect(abs(weight - expected) < 1e-14)
      // Up to a phase: |<found|column>| = 1.
      var overlap = (re: 0.0, im: 0.0)
      for i in 0..<d {
        let (x, y) = (found.vectors[a, i], u[i, a])
        overlap.re += x.re * y.re + x.im * y.im
        overlap.im += x.re * y.im - x.im * y.re
      }
      #expect(abs(overlap.re * overlap.re + overlap.im * overlap.im - 1) < 1e-12)
    }
  }

  @Test func negativeWeightsAreLeftOutAndTold() throws {
    let found = try WeightedEigenvectors(mixture([-0.25, 0.5, 0.75], 4).rho)
    #expect(abs(found.smallest + 0.25) < 1e-14)
    #expect(found.weights.count == 2)
  }
}
