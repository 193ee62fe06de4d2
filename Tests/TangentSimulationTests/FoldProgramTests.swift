import TangentNumerics
import Testing

@testable import TangentSimulation

@Suite struct FoldProgramTests {
  /// The folded sums are those of their definition, whoever does the first step.
  @Test(arguments: 0..<24)
  func sumsAreThoseOfTheDefinition(_ seed: Int) {
    var random = Philox(seed: UInt64(seed), stream: 41)
    let bits = 1 + seed % 6
    let size = 1 << bits
    let masks = (0..<size).filter { _ in random.uniform() < 0.4 }
    let arena = Arena()
    let program = FoldProgram(masks: masks, indexBits: bits, arena: arena)
    #expect(program.maskCount == masks.count)
    let values = (0..<size).map { _ in
      Lane(random.normal(), random.normal(), random.normal(), random.normal())
    }
    var expected = [Lane](repeating: .zero, count: masks.count)
    for (k, mask) in masks.enumerated() {
      for i in 0..<size { expected[k] += (i & mask).nonzeroBitCount % 2 == 0 ? values[i] : -values[i] }
    }
    for isBegun in program.firstResult >= 0 ? [false, true] : [false] {
      var w = values
      var sums = [Lane](repeating: .zero, count: masks.count)
      if isBegun {
        let half = size / 2
        for i in 0..<half {
          sums[program.firstResult] += values[i] - values[i + half]
          w[i] = values[i] + values[i + half]
        }
      }
      program.run(&w, sums: &sums, isBegun: isBegun)
      for k in masks.indices {
        for lane in 0..<Lane.scalarCount { #expect(abs(sums[k][lane] - expected[k][lane]) < 1e-12) }
      }
    }
  }
}
