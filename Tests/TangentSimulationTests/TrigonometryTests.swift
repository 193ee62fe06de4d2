import Glibc
import TangentNumerics
import Testing

@testable import TangentSimulation

@Suite struct TrigonometryTests {
  /// Units in the last place of the larger of value and the least that rounding of the result can mean.
  private func distance(_ a: Double, _ b: Double) -> Double { abs(a - b) / max(b.ulp, 1e-300) }

  private func check(_ angles: [Double], within ulps: Double) {
    for start in stride(from: 0, to: angles.count - 3, by: 4) {
      let x = Lane(angles[start], angles[start + 1], angles[start + 2], angles[start + 3])
      let (sine, cosine) = sineAndCosine(x)
      for lane in 0..<4 {
        #expect(distance(sine[lane], sin(x[lane])) <= ulps, "sin \(x[lane])")
        #expect(distance(cosine[lane], cos(x[lane])) <= ulps, "cos \(x[lane])")
      }
    }
  }

  @Test func agreesWithTheCLibrary() {
    var random = Philox(seed: 11)
    for scale in [1e-9, 0.1, 1, 10, 1e3, 1e5, 5e5] {
      check((0..<4000).map { _ in scale * (2 * random.uniform() - 1) }, within: 2)
    }
  }

  /// Where the reduction cancels: multiples of pi/2 and their neighbours.
  @Test func nearMultiplesOfHalfPi() {
    for k in [0, 1, 2, 3, 4, 7, 100, 1001, 65_536, 300_000] {
      let x = Double(k) * Double.pi / 2
      check([x, x.nextUp, x.nextDown, -x], within: 2)
      check([x + 1e-7, x - 1e-7, x + 1e-12, -x - 1e-12], within: 2)
    }
  }

  @Test func hugeAnglesAndNotANumber() {
    check([1e6, 1e17, -3e250, 0.5], within: 0)
    let (sine, cosine) = sineAndCosine(Lane(.nan, .infinity, 0, 1))
    #expect(sine[0].isNaN && cosine[0].isNaN && sine[1].isNaN && cosine[1].isNaN)
    #expect(sine[2] == 0 && cosine[2] == 1 && sine[3] == sin(1))
  }
}
