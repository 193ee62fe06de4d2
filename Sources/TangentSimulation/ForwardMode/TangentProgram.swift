import TangentNumerics

/// Which tangent vectors |d_k psi>, k a variable that the plan takes derivatives for, go through the circuit together, compiled from the plan for all samples.
///
/// Four variables fill the lanes of a block, in the order of their first gates; several blocks form a chunk that one
/// task carries from step to step together with psi. A tangent vector begins as -i G psi where its generator stands.
/// Scalar products do not care for a unitary that acts on all vectors, so they need not reach the end of the circuit:
/// all meet before step `frame` in its middle, those of later gates by going backwards.
struct TangentProgram {
  /// -i c G psi enters lane `lane` of block `block`, c = coefficient * z_factor.
  struct Seed {
    let generator: SlotGenerator
    let block: Int
    let lane: Int
    let coefficient: Double
    /// A variable; -1 for none.
    let factor: Int
  }

  struct Chunk {
    let blocks: Range<Int>
    /// By step.
    let seeds: [Seed]
    /// The first and the last step with a seed of each block.
    let spans: [ClosedRange<Int>]

    var first: Int { seeds[0].generator.step }
    var last: Int { seeds[seeds.count - 1].generator.step }
  }

  /// Fixed, so that the work is cut in the same pieces on any number of threads.
  private static let blocksPerChunk = 8

  /// The variable of every lane; those that no gate with a generator uses are missing, their vectors vanish.
  let order: [Int]
  let chunks: [Chunk]
  let frame: Int

  var blockCount: Int { (order.count + Lane.scalarCount - 1) / Lane.scalarCount }

  init(_ plan: Plan) {
    var order: [Int] = []
    var place = [Int](repeating: -1, count: plan.space.gradientCount)
    var seeds: [Seed] = []
    for g in 0..<plan.generatorCount {
      let generator = plan.generators[g]
      let slot = plan.slots[generator.slot]
      for k in 0..<slot.partialCount {
        let partial = slot.partials[k]
        if place[partial.variable] < 0 {
          place[partial.variable] = order.count
          order.append(partial.variable)
        }
        let (block, lane) = place[partial.variable].quotientAndRemainder(dividingBy: Lane.scalarCount)
        seeds.append(
          Seed(
            generator: generator, block: block, lane: lane, coefficient: partial.coefficient,
            factor: partial.factor))
      }
    }
    self.order = order
    let blockCount = (order.count + Lane.scalarCount - 1) / Lane.scalarCount
    var byChunk = [[Seed]](
      repeating: [],
      count: (blockCount + TangentProgram.blocksPerChunk - 1) / TangentProgram.blocksPerChunk)
    for seed in seeds { byChunk[seed.block / TangentProgram.blocksPerChunk].append(seed) }
    chunks = byChunk.enumerated().map { number, seeds in
      let first = number * TangentProgram.blocksPerChunk
      let blocks = first..<min(first + TangentProgram.blocksPerChunk, blockCount)
      var spans = [ClosedRange<Int>?](repeating: nil, count: blocks.count)
      for seed in seeds {
        let step = seed.generator.step
        spans[seed.block - first] = (spans[seed.block - first]?.lowerBound ?? step)...step
      }
      return Chunk(blocks: blocks, seeds: seeds, spans: spans.compactMap { $0 })
    }
    frame = seeds.isEmpty ? 0 : seeds[seeds.count / 2].generator.step
  }
}
