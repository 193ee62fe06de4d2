import Glibc
import Testing

@testable import TangentNumerics

@Suite struct PhiloxTests {
  /// Known answers for philox4x32-10 from the kat_vectors file of Random123.
  @Test func knownAnswers() {
    let zero = Philox.block(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(zero == (0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = UInt32.max
    let full = Philox.block(counter: (ones, ones, ones, ones), key: (ones, ones))
    #expect(full == (0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let pi = Philox.block(
      counter: (0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: (0xA409_3822, 0x299F_31D0))
    #expect(pi == (0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func drawsAreTheBlocksInOrder() {
    var random = Philox(seed: 0)
    #expect(random.nextUInt64() == 0xE169_C58D_6627_E8D5)
    #expect(random.nextUInt64() == 0x9B00_DBD8_BC57_AC4C)
    var later = Philox(seed: 0, position: 1)
    #expect(later.nextUInt64() == 0x9B00_DBD8_BC57_AC4C)
    #expect(later.position == 2)
  }

  @Test func streamsAndSeedsDiffer() {
    var values: Set<UInt64> = []
    for seed: UInt64 in [0, 1, 1 << 32] {
      for stream: UInt64 in [0, 1, 1 << 32] {
        var random = Philox(seed: seed, stream: stream)
        for _ in 0..<100 { values.insert(random.nextUInt64()) }
      }
    }
    #expect(values.count == 900)
  }

  /// Many at once are those that come one by one, wherever they start, and leave the generator where those do.
  @Test(arguments: [0, 1, 6, 7, (1 << 33) - 2, (1 << 33) - 1], [0, 1, 3, 4, 5, 8, 37])
  func normalsAtOnce(position: UInt64, count: Int) {
    var (one, many) = (
      Philox(seed: 0xFEDC_BA98_7654_3210, stream: 0x89AB_CDEF_0123_4567, position: position),
      Philox(seed: 0xFEDC_BA98_7654_3210, stream: 0x89AB_CDEF_0123_4567, position: position)
    )
    var found = [Double](repeating: 0, count: count)
    found.withUnsafeMutableBufferPointer { many.fill(normals: $0) }
    #expect(found == (0..<count).map { _ in one.normal() })
    #expect(many == one)
  }

  /// By Box and Muller's formula from two uniform numbers each, in the C library's functions.
  @Test func normalsAreThoseOfTheirFormula() {
    var (random, uniforms) = (Philox(seed: 8), Philox(seed: 8))
    for _ in 0..<10_000 {
      let (u, v) = (uniforms.uniform(), uniforms.uniform())
      #expect(abs(random.normal() - (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * v)) < 1e-14)
    }
  }

  @Test func uniformMoments() {
    var random = Philox(seed: 5)
    let draws = (0..<200_000).map { _ in random.uniform() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    expectMean(draws, 0.5)
    expectMean(draws.map { $0 * $0 }, 1 / 3.0)
    expectMean(zip(draws, draws.dropFirst()).map { $0 * $1 }, 0.25)
  }

  @Test func normalMoments() {
    var random = Philox(seed: 6)
    let draws = (0..<200_000).map { _ in random.normal() }
    expectMean(draws, 0)
    expectMean(draws.map { $0 * $0 }, 1)
    expectMean(draws.map { $0 * $0 * $0 }, 0)
    expectMean(draws.map { $0 * $0 * $0 * $0 }, 3)
    expectMean(zip(draws, draws.dropFirst()).map { $0 * $1 }, 0)
  }

  @Test func indicesAreEvenlySpread() {
    var random = Philox(seed: 7)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.index(below: 7)] += 1 }
    let chi = counts.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
    #expect(chi < 30)  // 99.99 percent of chi-squared with six degrees of freedom is 27.9
  }
}
