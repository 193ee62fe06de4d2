import Foundation
import TangentLandscape
import TangentNumerics
import Testing

@Suite struct BoxExclusionTests {
  /// F_j of a polynomial of degree 1 in two angles: its real modes have frequencies 0 or 1, so that every fourth
  /// derivative is at most the sum of the coefficients' moduli.
  private func bounds(_ polynomial: TrigonometricPolynomial) -> [Double] {
    [Double](repeating: 8 * polynomial.coefficients.reduce(0) { $0 + abs($1) }, count: 2)
  }

  /// Boxes around points of a fine grid are judged against the gradients inside them.
  @Test func noBoxWithAZeroIsExcluded() throws {
    for seed in 0..<5 {
      let polynomial = try randomPolynomial([1, 1], seed: UInt64(40 + seed))
      let side = 60
      let half = Double.pi / Double(side)
      let grid = (0..<side).map { (2 * Double($0) + 1) * half }
      let centres = grid.flatMap { a in grid.flatMap { [a, $0] } }
      let exclusion = try BoxExclusion(polynomial, fourthBounds: bounds(polynomial), known: [], radii: [])
      let survivors = try exclusion.survivors(centres: centres, halfWidth: half)
      // Newton's method from the centres finds the zeros.
      var zeros: [[Double]] = []
      for k in stride(from: 0, to: centres.count, by: 2) {
        var point = [centres[k], centres[k + 1]]
        for _ in 0..<30 {
          let jet = try polynomial.evaluate(point)
          let (a, b, d) = (jet.hessians[0], jet.hessians[1], jet.hessians[3])
          let determinant = a * d - b * b
          point[0] -= (d * jet.gradients[0] - b * jet.gradients[1]) / determinant
          point[1] -= (a * jet.gradients[1] - b * jet.gradients[0]) / determinant
        }
        let jet = try polynomial.evaluate(point)
        if abs(jet.gradients[0]) + abs(jet.gradients[1]) < 1e-12 { zeros.append(point) }
      }
      #expect(!zeros.isEmpty)
      for zero in zeros {
        let cell = zero.map { angle -> Int in
          let turned = angle - 2 * Double.pi * (angle / (2 * Double.pi)).rounded(.down)
          return min(side - 1, Int(turned / (2 * half)))
        }
        #expect(survivors[cell[0] * side + cell[1]], "the box of \(zero) was excluded")
      }
      #expect(survivors.filter { !$0 }.count > survivors.count / 2)
    }
  }

  @Test func boxesWhereAKnownPointIsAloneAreCovered() throws {
    // cos a + cos b has its zeros at multiples of pi.
    let polynomial = try TrigonometricPolynomial(degrees: [1, 1], coefficients: [0, 1, 0, 1, 0, 0, 0, 0, 0])
    let at = [0.01, 0.02]
    func survives(known: [Double], radii: [Double]) throws -> Bool {
      try BoxExclusion(polynomial, fourthBounds: [1, 1], known: known, radii: radii)
        .survivors(centres: at, halfWidth: 0.1)[0]
    }
    #expect(try survives(known: [], radii: []))
    #expect(try survives(known: [0, 0], radii: [0.1]))
    #expect(try !survives(known: [0, 0], radii: [0.2]))
    #expect(try !survives(known: [2 * Double.pi, -2 * Double.pi], radii: [0.2]))
    #expect(throws: TangentError.self) { try survives(known: [0], radii: [0.2]) }
  }
}
