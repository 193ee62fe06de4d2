import TangentCircuits
import TangentNumerics

/// Splits a circuit into stages, each a run of operations that mix no more index bits than a tile has.
///
/// Greedy: a stage takes every operation that commutes past the ones left behind, and its tile grows by the bits they
/// mix until it is full. So a stage reaches through several layers of a circuit where their light cones allow it, and
/// the whole state passes through memory about once a layer.
///
/// Amplitudes whose index has a set bit that nothing has mixed yet are zero. A circuit that starts from |0...0> thus has
/// a small state for as long as some bits wait, and stages cost next to nothing there. How many bits should wait until
/// all others have come in is tried out with an estimate of the cost.
///
/// A state that fits in one tile may be a single stage, where nothing but rotations mixes the lanes' bits: those go on within
/// the vectors. It is where that costs less.
struct StageScheduler {
  let register: Int
  /// Most bits of a tile: at least two bits of the register are left for the lanes.
  let capacity: Int
  /// Whether a stage has several tiles; then low bits are kept in it, so that memory is read in runs.
  private let hasManyTiles: Bool

  /// Bits that the state may have set before the first stage.
  private let support: Int

  struct Stage {
    /// The bits of its tile, as far as operations ask for them.
    let tile: Int
    /// The bits that amplitudes other than zero may have set before it and after it.
    let support: (before: Int, after: Int)
    let operations: [ElementaryOperation]
  }

  private struct Footprint {
    let mixing: Int
    let touching: Int
  }

  /// A stage whose operations are numbers in the circuit.
  private struct Draft {
    var tile: Int
    var support: (before: Int, after: Int)
    var taken: [Int] = []
  }

  init(register: Int, tileBits: Int, support: Int) {
    self.register = register
    self.support = support
    capacity = min(tileBits, register - 2)
    hasManyTiles = tileBits < register - 2
  }

  /// The stages in order, or nil if an operation mixes more bits than a tile can hold.
  func stages(_ operations: [ElementaryOperation]) -> [Stage]? {
    let operations = operations.flatMap(split)
    let footprints = operations.map(footprint)
    var best: (cost: Double, stages: [Draft]) = (.infinity, [])
    if !hasManyTiles, zip(operations, footprints).allSatisfy(isPossibleInLanes) {
      best.stages = [single(footprints)]
      best.cost = cost(best.stages, footprints)
    }
    guard footprints.allSatisfy({ $0.mixing.nonzeroBitCount <= capacity - 2 }) else {
      return best.stages.isEmpty ? nil : drafted(best.stages, operations)
    }
    let isWhole = support.nonzeroBitCount == register
    for lateBits in isWhole ? [0] : StageScheduler.lateBits {
      let stages = stages(footprints, lateBits: lateBits)
      let cost = cost(stages, footprints)
      if cost < best.cost { best = (cost, stages) }
    }
    return drafted(best.stages, operations)
  }

  private func drafted(_ stages: [Draft], _ operations: [ElementaryOperation]) -> [Stage] {
    stages.map { draft in
      Stage(tile: draft.tile, support: draft.support, operations: draft.taken.map { operations[$0] })
    }
  }

  /// All operations on the only tile.
  private func single(_ footprints: [Footprint]) -> Draft {
    Draft(
      tile: ((1 << register) - 1) & ~0b11,
      support: (support, footprints.reduce(support) { $0 | $1.mixing }),
      taken: Array(footprints.indices))
  }

  private func isPossibleInLanes(_ operation: ElementaryOperation, _ footprint: Footprint) -> Bool {
    guard footprint.mixing & 0b11 != 0 else { return true }
    if case .evolution(.paulis(let terms, _), _) = operation { return terms.count == 1 }
    return false
  }

  /// How many bits may wait until all others have come in.
  private static let lateBits = [0, 2, 3, 4, 5, 6]

  /// What it costs to bring a vector into a tile and back, and a diagonal operation, in rotations; and how much less the
  /// last stage costs, which keeps its forward states.
  private static let (transport, diagonal, turn) = (12.0, 0.25, 0.7)

  private func cost(_ stages: [Draft], _ footprints: [Footprint]) -> Double {
    var total = 0.0
    for (number, stage) in stages.enumerated() {
      let (memory, lanes) = TileShape.bits(
        register: register, mixing: stage.tile, capacity: capacity, support: stage.support.after)
      let outside = (2..<register).filter {
        stage.support.before >> $0 & 1 == 1 && !memory.contains($0) && !lanes.contains($0)
      }
      let operations = stage.taken.reduce(StageScheduler.transport) {
        $0 + (footprints[$1].mixing == 0 ? StageScheduler.diagonal : 1)
      }
      total +=
        exp2(Double(memory.count + outside.count)) * operations
        * (number == stages.count - 1 ? StageScheduler.turn : 1)
    }
    return total
  }

  private func stages(_ footprints: [Footprint], lateBits: Int) -> [Draft] {
    var remaining = Array(footprints.indices)
    var stages: [Draft] = []
    var support = support
    while !remaining.isEmpty {
      let early = register - lateBits
      var best = bestDraft(
        remaining, footprints, support, largest: support.nonzeroBitCount < early ? early : register)
      if best.taken.isEmpty { best = bestDraft(remaining, footprints, support, largest: register) }
      let taken = Set(best.taken)
      remaining.removeAll { taken.contains($0) }
      support = best.support.after
      stages.append(best)
    }
    return stages
  }

  private func bestDraft(
    _ remaining: [Int], _ footprints: [Footprint], _ support: Int, largest: Int
  ) -> Draft {
    starts.map { take(remaining, footprints, support, tile: $0, largest: largest) }.max {
      $0.taken.count < $1.taken.count
    }!
  }

  /// Bits a stage may begin with: without the two lowest ones, which stay in the lanes then, or with both; and all runs
  /// of neighbouring bits, since neighbours share most gates. The last two allow every bit, so some
  /// candidate makes progress.
  private var starts: [Int] {
    guard hasManyTiles else { return [0, 0b11] }
    let lowBits = 0b1100
    let windows = (2...(register - capacity + 2)).map { ((1 << (capacity - 2)) - 1) << $0 | lowBits }
    return [(1 << capacity) - 1] + windows + [lowBits, 0b11]
  }

  private func take(
    _ remaining: [Int], _ footprints: [Footprint], _ support: Int, tile start: Int, largest: Int
  ) -> Draft {
    let forbidden = start & 0b11 == 0 ? 0b11 : 0
    let all = (1 << register) - 1
    var result = Draft(tile: start, support: (support, support))
    var (blockedMixing, blockedTouching) = (0, 0)
    for k in remaining {
      let footprint = footprints[k]
      let commutes =
        footprint.mixing & blockedTouching == 0 && footprint.touching & blockedMixing == 0
      let tile = result.tile | footprint.mixing
      let after = result.support.after | footprint.mixing
      if commutes, tile & forbidden == 0, tile.nonzeroBitCount <= capacity,
        after.nonzeroBitCount <= largest || after == result.support.after
      {
        result.tile = tile
        result.support.after = after
        result.taken.append(k)
      } else {
        blockedMixing |= footprint.mixing
        blockedTouching |= footprint.touching
        if blockedMixing == all { break }
      }
    }
    return result
  }

  /// Commuting Pauli strings go their own ways.
  private func split(_ operation: ElementaryOperation) -> [ElementaryOperation] {
    guard case .evolution(.paulis(let terms, let controls), let angle) = operation, terms.count > 1,
      terms.allPairwiseCommuting
    else { return [operation] }
    return terms.map { .evolution(.paulis([$0], controls: controls), angle: angle) }
  }

  private func footprint(_ operation: ElementaryOperation) -> Footprint {
    switch operation {
    case .fixed(let matrix, let qubits):
      let mask: Int = Bits.mask(ofQubits: qubits, register: register)
      // A large diagonal is a table of its own and no short sum of Z strings.
      return Footprint(mixing: matrix.isDiagonal && qubits.count <= 3 ? 0 : mask, touching: mask)
    case .evolution(.paulis(let terms, let controls), _):
      let touching = terms.reduce(controls) { $0 | $1.string.support }
      let mixing = terms.count == 1 ? terms[0].string.x : touching
      return Footprint(mixing: Int(mixing), touching: Int(touching))
    case .evolution(.dense(_, let qubits), _), .channel(_, let qubits, _):
      let mask: Int = Bits.mask(ofQubits: qubits, register: register)
      return Footprint(mixing: mask, touching: mask)
    }
  }
}
