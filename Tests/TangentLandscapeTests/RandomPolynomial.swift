import TangentLandscape
import TangentNumerics

/// A polynomial with coefficients in (-1, 1), some of them zero.
func randomPolynomial(_ degrees: [Int], zeros share: Double = 0, seed: UInt64) throws
  -> TrigonometricPolynomial
{
  var random = SystemFreeGenerator(state: seed)
  let count = degrees.reduce(1) { $0 * (2 * $1 + 1) }
  let coefficients = (0..<count).map { _ in random.next() < share ? 0 : 2 * random.next() - 1 }
  return try TrigonometricPolynomial(degrees: degrees, coefficients: coefficients)
}

func randomPoints(_ count: Int, angles: Int, seed: UInt64) -> [Double] {
  var random = SystemFreeGenerator(state: seed)
  return (0..<(count * angles)).map { _ in 7 * random.next() - 3 }
}

/// Uniform numbers in [0, 1) from a linear congruential generator.
private struct SystemFreeGenerator {
  var state: UInt64

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-53
  }
}
