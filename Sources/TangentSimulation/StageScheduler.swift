import TangentCircuits
import TangentNumerics

/// Splits a circuit into stages, each a run of operations that mix no more index bits than a tile has.
///
/// Greedy: a stage takes every operation that commutes past the ones left behind, and its tile grows by the bits they
/// mix until it is full. So a stage reaches through several layers of a circuit where their light cones allow it, and
/// the whole state passes through memory about once a layer.
struct StageScheduler {
  let register: Int
  /// Most bits of a tile: at least two bits of the register are left for the lanes.
  let capacity: Int
  /// Whether a stage has several tiles; then low bits are kept in it, so that memory is read in runs.
  private let hasManyTiles: Bool

  /// One stage: the bits its operations mix, and the operations.
  struct Stage {
    var mixing: Int
    var operations: [ElementaryOperation]
  }

  private struct Footprint {
    let mixing: Int
    let touching: Int
  }

  init(register: Int, tileBits: Int) {
    self.register = register
    capacity = min(tileBits, register - 2)
    hasManyTiles = tileBits < register - 2
  }

  /// The stages in order, or nil if an operation mixes more bits than a tile can hold.
  func stages(_ operations: [ElementaryOperation]) -> [Stage]? {
    var remaining = operations.flatMap(split).map { ($0, footprint($0)) }
    guard remaining.allSatisfy({ $0.1.mixing.nonzeroBitCount <= capacity - 2 }) else { return nil }
    var stages: [Stage] = []
    while !remaining.isEmpty {
      let candidates = starts.map { take(remaining, mixing: $0) }
      // The first start allows every bit but the lanes' own, so some candidate makes progress.
      let best = candidates.max { $0.taken.count < $1.taken.count }!
      stages.append(Stage(mixing: best.mixing, operations: best.taken.map { remaining[$0].0 }))
      let taken = Set(best.taken)
      remaining = remaining.indices.filter { !taken.contains($0) }.map { remaining[$0] }
    }
    return stages
  }

  /// Bits a stage may begin with: without the two lowest ones, which stay in the lanes then, or with both.
  private var starts: [Int] { hasManyTiles ? [0b1100, 0b11] : [0, 0b11] }

  private func take(
    _ remaining: [(ElementaryOperation, Footprint)], mixing start: Int
  ) -> (mixing: Int, taken: [Int]) {
    let forbidden = start & 0b11 == 0 ? 0b11 : 0
    var (mixing, blockedMixing, blockedTouching) = (start, 0, 0)
    var taken: [Int] = []
    for (k, (_, footprint)) in remaining.enumerated() {
      let commutes =
        footprint.mixing & blockedTouching == 0 && footprint.touching & blockedMixing == 0
      let grown = mixing | footprint.mixing
      if commutes, grown & forbidden == 0, grown.nonzeroBitCount <= capacity {
        mixing = grown
        taken.append(k)
      } else {
        blockedMixing |= footprint.mixing
        blockedTouching |= footprint.touching
      }
    }
    return (mixing, taken)
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
      let mask = qubits.reduce(0) { $0 | 1 << (register - 1 - $1) }
      // A large diagonal is a table of its own and no short sum of Z strings.
      return Footprint(mixing: matrix.isDiagonal && qubits.count <= 3 ? 0 : mask, touching: mask)
    case .evolution(.paulis(let terms, let controls), _):
      let touching = terms.reduce(controls) { $0 | $1.string.support }
      let mixing = terms.count == 1 ? terms[0].string.x : touching
      return Footprint(mixing: Int(mixing), touching: Int(touching))
    case .evolution(.dense(_, let qubits), _):
      let mask = qubits.reduce(0) { $0 | 1 << (register - 1 - $1) }
      return Footprint(mixing: mask, touching: mask)
    }
  }
}
