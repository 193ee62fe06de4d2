import Foundation
import TangentLandscape
import TangentNumerics
import Testing

@Suite struct EvaluationTests {
  /// The sum over all coefficients, term by term; `derivatives` counts how often each angle is differentiated.
  private func direct(_ polynomial: TrigonometricPolynomial, _ point: [Double], _ derivatives: [Int])
    -> Double
  {
    func function(_ number: Int, _ angle: Double, _ times: Int) -> Double {
      if number == 0 { return times == 0 ? 1 : 0 }
      let frequency = Double((number + 1) / 2)
      // Each derivative turns a sine by a quarter, and a cosine is a sine turned so.
      let turns = Double(times + (number % 2)) * Double.pi / 2
      return pow(frequency, Double(times)) * sin(frequency * angle + turns)
    }
    var sum = 0.0
    for (place, coefficient) in polynomial.coefficients.enumerated() {
      var (rest, product) = (place, coefficient)
      for l in polynomial.degrees.indices.reversed() {
        let width = 2 * polynomial.degrees[l] + 1
        product *= function(rest % width, point[l], derivatives[l])
        rest /= width
      }
      sum += product
    }
    return sum
  }

  @Test(arguments: [[1], [3], [1, 2], [2, 0, 1], [1, 1, 1, 1]], [0.0, 0.8])
  func valuesAndDerivativesAreThoseOfTheSum(degrees: [Int], zeros: Double) throws {
    let polynomial = try randomPolynomial(degrees, zeros: zeros, seed: 7)
    let p = degrees.count
    // Not a multiple of the lanes.
    let points = randomPoints(6, angles: p, seed: 3)
    let found = try polynomial.evaluate(points)
    for k in 0..<6 {
      let point = Array(points[k * p..<(k + 1) * p])
      func order(_ angles: Int...) -> [Int] { (0..<p).map { l in angles.filter { $0 == l }.count } }
      #expect(abs(found.values[k] - direct(polynomial, point, order())) < 1e-12)
      for i in 0..<p {
        #expect(abs(found.gradients[k * p + i] - direct(polynomial, point, order(i))) < 1e-11)
        for j in 0..<p {
          let entry = found.hessians[(k * p + i) * p + j]
          #expect(abs(entry - direct(polynomial, point, order(i, j))) < 1e-10)
        }
      }
    }
  }

  @Test func zeroCoefficientsOfEveryPatternAreLeftOut() throws {
    for seed in 0..<20 {
      let polynomial = try randomPolynomial([2, 1, 1], zeros: 0.95, seed: UInt64(seed))
      let point = randomPoints(1, angles: 3, seed: 5)
      let found = try polynomial.evaluate(point, order: .value)
      #expect(abs(found.values[0] - direct(polynomial, point, [0, 0, 0])) < 1e-13)
    }
  }

  @Test func wrongSizesAreRefused() throws {
    #expect(throws: TangentError.self) {
      try TrigonometricPolynomial(degrees: [1, 1], coefficients: [1, 2])
    }
    #expect(throws: TangentError.self) { try TrigonometricPolynomial(degrees: [-1], coefficients: []) }
    #expect(throws: TangentError.self) {
      try TrigonometricPolynomial(degrees: [1], coefficients: [1, .nan, 0])
    }
    let polynomial = try randomPolynomial([1, 1], seed: 1)
    #expect(throws: TangentError.self) { try polynomial.evaluate([0.1, 0.2, 0.3]) }
    let cancel = CancelToken()
    cancel.cancel()
    #expect(throws: TangentError.self) { try polynomial.evaluate([0.1, 0.2], cancel: cancel) }
  }
}
