import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

@Suite struct LaneGramTests {
  /// Sums over components and stacks of a_i b_j, in groups and segments that are full and that are not.
  @Test(arguments: [(1, 3, 1), (3, 257, 2), (6, 5, 1), (7, 20, 3), (13, 300, 1)])
  func scalarProductsOfAllPairs(_ blocks: Int, _ components: Int, _ stacks: Int) throws {
    var random = Philox(seed: UInt64(blocks), stream: 3)
    let memory = LaneMemory(count: blocks * components * stacks)
    for k in 0..<memory.count {
      memory.pointer[k] = Lane(random.normal(), random.normal(), random.normal(), random.normal())
    }
    let vectors = LaneVectors(
      pointer: memory.pointer, blockCount: blocks, componentCount: components, stackCount: stacks)
    let size = 4 * blocks
    let results = try resultsByThreads(blocks > 6 ? [1, 2, 7] : [1]) {
      let gram = LaneGram(blockCount: blocks)
      gram.add(vectors)
      gram.add(vectors, sign: -3)
      return (0..<size * size).map { $0 / size <= $0 % size ? gram.entries[$0] : 0 }
    }
    #expect(results.allSatisfy { $0 == results[0] })
    for i in 0..<size {
      for j in i..<size {
        var sum = 0.0
        for stack in 0..<stacks {
          let (a, b) = (vectors.block(i / 4, in: stack), vectors.block(j / 4, in: stack))
          for k in 0..<components { sum += a[k][i % 4] * b[k][j % 4] }
        }
        #expect(abs(results[0][i * size + j] + 2 * sum) < 1e-11)
      }
    }
  }
}
