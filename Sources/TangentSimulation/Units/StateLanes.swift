import TangentNumerics

/// Input states as blocks read them, [block][amplitude][re, im][lane] in lane vectors of one kind.
///
/// Pure states fill the lanes sample after sample; a mixed sample's eigenvectors have blocks of their own.
struct StateLanes: Sendable {
  let memory: LaneMemory
  /// First block of every sample (mixed states), with the end behind the last.
  let firstBlock: [Int]

  /// Blocks of four doubles, two at a time, in blocks of eight numbers.
  init<L: LaneVector>(_ doubles: StateLanes, inEight: L.Type, dimension: Int) {
    let size = 2 * dimension
    // Pure states go on from block to block, mixed ones begin a new one.
    let ends = doubles.firstBlock.isEmpty ? [0, doubles.memory.count / size] : doubles.firstBlock
    var first = [0]
    for (begin, end) in zip(ends, ends.dropFirst()) { first.append(first.last! + (end - begin + 1) / 2) }
    memory = LaneMemory(count: first.last! * size * MemoryLayout<L>.stride / MemoryLayout<Lane>.stride)
    firstBlock = doubles.firstBlock.isEmpty ? [] : first
    let target = UnsafeMutableRawPointer(memory.pointer)
      .bindMemory(to: L.self, capacity: first.last! * size)
    for (sample, begin) in first.dropLast().enumerated() {
      for block in ends[sample]..<ends[sample + 1] {
        let (pair, half) = (block - ends[sample]).quotientAndRemainder(dividingBy: 2)
        let (from, to) = (doubles.memory.pointer + block * size, target + (begin + pair) * size)
        for k in 0..<size {
          for lane in 0..<Lane.scalarCount {
            to[k][half * Lane.scalarCount + lane] = L.Scalar(from[k][lane])
          }
        }
      }
    }
  }

  init(_ memory: LaneMemory, firstBlock: [Int] = []) {
    self.memory = memory
    self.firstBlock = firstBlock
  }

  /// The lanes, as the kind that they were made for has them.
  func pointer<L: LaneVector>() -> UnsafePointer<L> {
    UnsafeRawPointer(memory.pointer).assumingMemoryBound(to: L.self)
  }
}
