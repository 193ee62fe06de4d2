import TangentNumerics
import Testing

@Suite struct BinomialTests {
  /// Means and variances of many draws, for few successes and for many, of either probability.
  @Test(arguments: [
    (1, 0.3), (20, 0.02), (20, 0.5), (40, 0.25), (1000, 0.004), (1000, 0.3), (1000, 0.97), (1 << 45, 0.2),
  ])
  func moments(count: Int, probability: Double) {
    var random = Philox(seed: 5, stream: 7)
    let (draws, n) = (40_000, Double(count))
    var (sum, square) = (0.0, 0.0)
    for _ in 0..<draws {
      let found = random.binomial(count, probability)
      #expect(0...count ~= found)
      let distance = Double(found) - n * probability
      sum += distance
      square += distance * distance
    }
    let variance = n * probability * (1 - probability)
    #expect(abs(sum / Double(draws)) < 5 * (variance / Double(draws)).squareRoot())
    #expect(abs(square / Double(draws) / variance - 1) < 0.05)
  }

  /// Each number of successes as often as its chance says, where rejection draws.
  @Test func chances() {
    let (count, p, draws) = (40, 0.35, 200_000)
    var random = Philox(seed: 11)
    var counts = [Int](repeating: 0, count: count + 1)
    for _ in 0..<draws { counts[random.binomial(count, p)] += 1 }
    // (40 choose k) p^k (1 - p)^(40 - k), one after the other.
    var chance = 1.0
    for _ in 0..<count { chance *= 1 - p }
    for k in 0...count {
      let expected = chance * Double(draws)
      #expect(abs(Double(counts[k]) - expected) < 5 * expected.squareRoot() + 3)
      chance *= Double(count - k) * p / (Double(k + 1) * (1 - p))
    }
  }

  /// Four at a time have the bits of one at a time.
  @Test func four() {
    for trial in 0..<500 {
      var random = Philox(seed: 3, stream: UInt64(trial))
      let chances = SIMD4<Double>((0..<4).map { _ in random.uniform() })
      let positions = SIMD4<UInt64>(0, 2, 1 << 32, 3 << 33)
      let count = [1, 7, 30, 100, 1000, 1_000_000][trial % 6]
      let found = Philox.binomials(count, chances, positions: positions, stream: 9, seed: UInt64(trial))
      for lane in 0..<4 {
        var one = Philox(seed: UInt64(trial), stream: 9, position: positions[lane])
        #expect(found[lane] == Double(one.binomial(count, chances[lane])))
      }
    }
  }

  @Test func certainties() {
    var random = Philox(seed: 1)
    #expect(random.binomial(100, 0) == 0)
    #expect(random.binomial(100, 1) == 100)
    #expect(random.binomial(0, 0.5) == 0)
    #expect(random.binomial(100, .nan) == 0)
  }
}
