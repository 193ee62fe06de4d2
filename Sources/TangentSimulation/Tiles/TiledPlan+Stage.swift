import TangentNumerics

extension TiledPlan {
  struct Stage {
    let shape: TileShape
    let plan: Plan
    /// Slots whose angle depends on which tile and lane it acts in.
    let conditioned: [Int]
    let dependsOnFeatures: Bool
    /// The tiles that are not known to be zero, in an order in which those with the same angles follow each other, and a
    /// number for these angles; among them, those with the same diagonal of an observable follow each other.
    let tiles: [(tile: Int, variant: Int)]
    /// Where the stage's phase tables begin in a workspace that has room for all stages.
    let tableOffsets: (lanes: Int, scalars: Int)

    /// Whether a turn in this stage keeps the forward states of a tile.
    let keepsHistory: Bool
    /// Whether the state is walked where it lies.
    var isInPlace: Bool { shape.isWholeState && !keepsHistory }
    /// The factors that conditions give the lanes of the only tile, a slot each; none where there are several tiles.
    let laneFactors: [Lane]

    /// Bytes of forward states that are kept of one tile of several: half of a second-level cache of a megabyte.
    private static let mostHistory = 512 << 10

    /// - Parameter mostWholeHistory: bytes of forward states that are kept of a state that is one tile.
    init(
      _ shape: TileShape, _ plan: Plan, support: Int, diagonal: TileDiagonal?, after last: Stage?,
      mostWholeHistory: Int
    ) {
      self.shape = shape
      self.plan = plan
      tableOffsets = (
        (last?.tableOffsets.lanes ?? 0) + (last?.plan.laneTableSize ?? 0),
        (last?.tableOffsets.scalars ?? 0) + (last?.plan.tableSize ?? 0)
      )
      let conditioned = (0..<plan.slotCount).filter { plan.conditions[$0] != .none }
      self.conditioned = conditioned
      keepsHistory =
        plan.historyCount * 64 * plan.amplitudes
        <= (shape.tileCount == 1 ? mostWholeHistory : Stage.mostHistory)
      laneFactors =
        shape.tileCount > 1
        ? [] : (0..<plan.slotCount).map { shape.factors(plan.conditions[$0], tile: 0) }
      dependsOnFeatures = (0..<plan.slotCount).contains { plan.slots[$0].dependsOnFeatures }
      // Tiles have the same angles if every condition holds in the same way.
      var variants: [[Double]: Int] = [:]
      var conditions: [OutsideCondition] = []
      for slot in conditioned where !conditions.contains(plan.conditions[slot]) {
        conditions.append(plan.conditions[slot])
      }
      let populated = (0..<shape.tileCount).filter { shape.outside(tile: $0, lane: 0) & ~support == 0 }
      let numbered = populated.map { tile in
        let outside = shape.outside(tile: tile, lane: 0)
        let key = conditions.map { $0.factor(outside | $0.controls & shape.laneMask) }
        let variant = variants[key] ?? variants.count
        variants[key] = variant
        return (tile: tile, variant: variant)
      }
      let keys = numbered.map { diagonal?.key($0.tile) ?? 0 }
      tiles = zip(keys, numbered).sorted { ($0.1.variant, $0.0, $0.1.tile) < ($1.1.variant, $1.0, $1.1.tile) }
        .map(\.1)
    }
  }
}
