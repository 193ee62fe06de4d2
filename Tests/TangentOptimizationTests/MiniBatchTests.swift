import Testing

@testable import TangentOptimization

@Suite struct MiniBatchTests {
  @Test func everyEpochSeesEverySampleOnce() {
    var batches = MiniBatches(sampleCount: 10, batchSize: 4, seed: 5)
    for epoch in 0..<6 {
      let rows = (0..<3).map { batches.rows(step: 3 * epoch + $0) }
      #expect(rows.map(\.count) == [4, 4, 2])
      #expect(rows.joined().sorted() == Array(0..<10))
    }
  }

  @Test func batchesDependOnSeedAndStepAlone() {
    var inOrder = MiniBatches(sampleCount: 32, batchSize: 8, seed: 1)
    let all = (0..<20).map { inOrder.rows(step: $0) }
    for step in [19, 3, 7, 0, 12] {
      var jumping = MiniBatches(sampleCount: 32, batchSize: 8, seed: 1)
      #expect(jumping.rows(step: step) == all[step])
    }
    var other = MiniBatches(sampleCount: 32, batchSize: 8, seed: 2)
    #expect(other.rows(step: 0) != all[0])
    #expect(all[0] != all[4])
  }
}
