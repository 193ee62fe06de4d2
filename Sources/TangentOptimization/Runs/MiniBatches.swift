import TangentNumerics

/// Which samples each step sees. Every epoch is a shuffle of its own, drawn from (seed, epoch), so that the
/// batch is a function of the step alone and a run can resume anywhere. The last batch of an epoch holds what
/// is left over.
struct MiniBatches: Sendable {
  let sampleCount: Int
  let batchSize: Int
  let seed: UInt64
  private var shuffled: (epoch: Int, samples: [Int])?

  init(sampleCount: Int, batchSize: Int, seed: UInt64) {
    self.sampleCount = sampleCount
    self.batchSize = batchSize
    self.seed = seed
  }

  /// The samples of a step, in increasing order.
  mutating func rows(step: Int) -> [Int] {
    let batchesPerEpoch = (sampleCount + batchSize - 1) / batchSize
    let (epoch, batch) = step.quotientAndRemainder(dividingBy: batchesPerEpoch)
    if shuffled?.epoch != epoch { shuffled = (epoch, shuffle(epoch: epoch)) }
    let first = batch * batchSize
    return shuffled!.samples[first..<min(first + batchSize, sampleCount)].sorted()
  }

  /// Fisher and Yates.
  private func shuffle(epoch: Int) -> [Int] {
    var random = Philox(seed: seed, stream: Philox.stream(.shuffle, epoch))
    var samples = Array(0..<sampleCount)
    for last in stride(from: sampleCount - 1, to: 0, by: -1) {
      samples.swapAt(last, random.index(below: last + 1))
    }
    return samples
  }
}
