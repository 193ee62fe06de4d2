import Glibc
import Testing

@testable import TangentClassical

@Suite struct ArcsineTests {
  @Test func agreesWithTheMathematicsLibrary() {
    var points: [Double] = [
      -1, -0.5, -0.0, 0, 0.5, 1, 0.5.nextUp, 1.0.nextDown, 1e-300, .leastNonzeroMagnitude,
    ]
    for k in 0...20000 { points.append(-1 + Double(k) * 1e-4) }
    for k in 0...300 { points.append(Double(sign: .plus, exponent: -k, significand: 1)) }
    for x in points {
      let found = Octet(x).arcsine
      let expected = asin(min(max(x, -1), 1))
      for lane in 0..<Octet.count where abs(found[lane] - expected) > 2 * expected.ulp {
        Issue.record("asin \(x) is \(expected), found \(found[lane])")
      }
    }
  }

  @Test func agreesWhereTheSineIsKnown() {
    var points: [Double] = [-1, -0.0, 0, 1, 0.5.squareRoot(), 1.0.nextDown, 1e-300, .leastNonzeroMagnitude]
    for k in 0...20000 { points.append(-1 + Double(k) * 1e-4) }
    for k in 0...300 { points.append(Double(sign: .plus, exponent: -k, significand: 1)) }
    for given in points {
      let x = min(max(given, -1), 1)
      let sine = ((1 - x) * (1 + x)).squareRoot()
      let found = Octet.arcsine(Octet(x), sine: Octet(sine))
      for lane in 0..<Octet.count where abs(found[lane] - asin(x)) > 2 * asin(x).ulp {
        Issue.record("asin \(x) is \(asin(x)), found \(found[lane])")
      }
    }
  }
}
