import TangentNumerics
import Testing

@Suite struct FiniteNumbersTests {
  @Test(arguments: [Double.nan, .signalingNaN, -.nan, .infinity, -.infinity])
  func findsTheFirst(_ bad: Double) {
    for position in 0..<9 {
      var values = [
        0, -0.0, 1, -1, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
        -.leastNonzeroMagnitude, .leastNormalMagnitude,
      ]
      #expect(values.firstNonFinite == nil)
      values[position] = bad
      values[8] = bad
      #expect(values.firstNonFinite == position)
    }
  }

  @Test func nothingIsFinite() { #expect([Double]().firstNonFinite == nil) }
}
