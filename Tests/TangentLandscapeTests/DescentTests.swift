import TangentLandscape
import TangentNumerics
import TangentOptimization
import Testing

@Suite struct DescentTests {
  @Test func descentFollowsTheGradient() throws {
    let polynomial = try randomPolynomial([1, 2], seed: 11)
    let base = [2.0, 0.5]
    // More than one group of starts, and not a multiple of the lanes.
    let starts = randomPoints(131, angles: 2, seed: 2)
    let found = try polynomial.descend(
      from: starts, base: base, optimizer: GradientDescent(learningRate: 0.03), steps: 5)
    for start in [0, 63, 64, 130] {
      var theta = Array(starts[2 * start..<2 * start + 2])
      for _ in 0..<5 {
        let jet = try polynomial.evaluate([base[0] * theta[0], base[1] * theta[1]], order: .gradient)
        for l in 0..<2 { theta[l] -= 0.03 * base[l] * jet.gradients[l] }
      }
      #expect(abs(found.theta[2 * start] - theta[0]) < 1e-13)
      #expect(abs(found.theta[2 * start + 1] - theta[1]) < 1e-13)
      let value = try polynomial.evaluate([base[0] * theta[0], base[1] * theta[1]], order: .value).values[0]
      #expect(abs(found.values[start] - value) < 1e-12)
    }
  }

  @Test func lineSearchesEndInMinima() throws {
    let polynomial = try randomPolynomial([1, 1], seed: 5)
    let found = try polynomial.descend(
      from: randomPoints(9, angles: 2, seed: 8), base: [1, 1], optimizer: LBFGS(), steps: 60)
    let jets = try polynomial.evaluate(found.theta)
    for k in 0..<9 {
      #expect(abs(jets.gradients[2 * k]) + abs(jets.gradients[2 * k + 1]) < 1e-6)
      #expect(jets.hessians[4 * k] > -1e-6)
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let polynomial = try randomPolynomial([1, 1], seed: 5)
    #expect(throws: TangentError.self) {
      try polynomial.descend(from: [0, 0], base: [1], optimizer: LBFGS(), steps: 1)
    }
    #expect(throws: TangentError.self) {
      try polynomial.descend(
        from: [0, 0], base: [1, 1], optimizer: NaturalGradient(learningRate: 0.1), steps: 1)
    }
    #expect(throws: TangentError.self) {
      try polynomial.descend(
        from: [0, 0], base: [1, 1], optimizer: GradientDescent(learningRate: -1), steps: 1)
    }
  }
}
