import Glibc
import Testing

@testable import TangentNumerics

/// Against the C library, of whose doubles the logarithm may be one away, and the cosine, whose angle the C library gets
/// rounded, two.
@Suite struct ElementaryFunctionsTests {
  @Test func logarithms() {
    var random = Philox(seed: 1)
    for exponent in -1022...1023 {
      for _ in 0..<10 {
        expectLogarithm(Double(sign: .plus, exponent: exponent, significand: 1 + random.uniform()))
      }
    }
    // What normals are made of, where the logarithm is largest and where it vanishes.
    for k in 1...1000 {
      expectLogarithm(Double(k) * 0x1p-53)
      expectLogarithm(1 - Double(k) * 0x1p-53)
    }
    for _ in 0..<100_000 { expectLogarithm(1 - random.uniform()) }
    for x in [
      1, 2, 0.5, 0.5.squareRoot(), 0.5.squareRoot().nextDown, 2.0.squareRoot(), .leastNormalMagnitude,
    ] {
      expectLogarithm(x)
    }
    #expect(logarithm(SIMD4(repeating: 1)) == .zero)
  }

  @Test func cosinesOfTurns() {
    var random = Philox(seed: 2)
    for _ in 0..<100_000 { expectCosine(random.uniform()) }
    for eighth in 0...8 {
      for k in -1000...1000 {
        let t = Double(eighth) / 8 + Double(k) * 0x1p-53
        if t >= 0, t < 1 { expectCosine(t) }
      }
    }
    #expect(cosine(ofTurns: SIMD4(0, 0.25, 0.5, 0.75)) == SIMD4(1, 0, -1, 0))
  }

  private func expectLogarithm(_ x: Double) {
    expect(logarithm(SIMD4(x, 1, 0.75, 2))[0], log(x), within: 1, of: x)
  }

  /// An eighth of a turn at most is left to the C library.
  private func expectCosine(_ t: Double) {
    let quadrant = Int((4 * t).rounded())
    let angle = 2 * Double.pi * (t - Double(quadrant) / 4)
    let right = [cos(angle), -sin(angle), -cos(angle), sin(angle)][quadrant % 4]
    expect(cosine(ofTurns: SIMD4(0.5, t, 0, 0.125))[1], right, within: 2, of: t)
  }

  private func expect(_ found: Double, _ right: Double, within units: Double, of x: Double) {
    #expect(abs(found - right) <= units * right.ulp, "\(x)")
  }
}
