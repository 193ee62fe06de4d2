import TangentCircuits
import TangentNumerics

/// A circuit compiled for a state that is simulated by itself: stages that each walk once over it, tile by tile, with all
/// their passes applied to a tile while it is in the caches. A state of medium size is one tile.
final class TiledPlan: @unchecked Sendable {
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
    var keepsHistory: Bool {
      !shape.isWholeState && plan.historyCount * 64 * plan.amplitudes <= Stage.mostHistory
    }

    /// Half of a second-level cache of a megabyte.
    private static let mostHistory = 512 << 10

    init(_ shape: TileShape, _ plan: Plan, support: Int, diagonal: TileDiagonal?, after last: Stage?) {
      self.shape = shape
      self.plan = plan
      tableOffsets = (
        (last?.tableOffsets.lanes ?? 0) + (last?.plan.laneTableSize ?? 0),
        (last?.tableOffsets.scalars ?? 0) + (last?.plan.tableSize ?? 0)
      )
      let conditioned = (0..<plan.slotCount).filter { plan.conditions[$0] != .none }
      self.conditioned = conditioned
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

  let qubitCount: Int
  let parameterCount: Int
  let featureCount: Int
  let stages: [Stage]
  /// Whether the walk fills the whole state; otherwise the amplitudes it never touches must be zero.
  let fillsState: Bool
  /// The first stage with a derivative; a backward sweep ends there.
  let firstGradientStage: Int
  private let arena = Arena()

  /// Lanes of one state.
  var stateCount: Int { 2 << (qubitCount - 2) }

  var isWholeStateInEveryTile: Bool { stages.allSatisfy(\.shape.isWholeState) }

  /// The observables on the tiles of the last stage, if all are diagonal and few enough for every worker to keep their
  /// diagonals.
  let diagonals: [TileDiagonal]?
  private static let mostDiagonals = 16

  /// A plan for states that begin as |0...0>, or as any state. Nil if an operation mixes more qubits than fit in a tile.
  init?(
    _ circuit: RelabelledCircuit, _ observables: [Observable], tileBits: Int, fromZero: Bool
  ) throws(TangentError) {
    let n = circuit.qubitCount
    guard n >= 6 else { return nil }
    let scheduler = StageScheduler(
      register: n, tileBits: tileBits, support: fromZero ? 0 : (1 << n) - 1)
    guard let parts = scheduler.stages(circuit.operations) else { return nil }
    qubitCount = n
    parameterCount = circuit.parameterCount
    featureCount = circuit.featureCount
    var stages: [Stage] = []
    var diagonals: [TileDiagonal]?
    for part in parts {
      let (shape, placement) = TileShape.make(
        register: n, mixing: part.tile, capacity: scheduler.capacity, support: part.support, arena: arena)
      let plan = try Plan(
        part.operations, placement, parameterCount: parameterCount, featureCount: featureCount)
      if stages.count == parts.count - 1, observables.allSatisfy(\.isDiagonal),
        observables.count <= TiledPlan.mostDiagonals
      {
        diagonals = observables.map { TileDiagonal($0, shape, placement) }
      }
      stages.append(
        Stage(
          shape, plan, support: part.support.before, diagonal: diagonals?.first,
          after: stages.last))
    }
    self.stages = stages
    self.diagonals = diagonals
    fillsState = parts.last.map { $0.support.after == (1 << n) - 1 } ?? false
    firstGradientStage = stages.firstIndex { $0.plan.firstGradientStep < $0.plan.stepCount } ?? stages.count
  }
}

/// What one pair of parameter set and sample needs on its way through a tiled plan, and the tiles of its workers.
final class TiledWorkspace: @unchecked Sendable {
  let psi: UnsafeMutablePointer<Lane>
  let tiles: [Workspace<Lane>]
  /// Angles of every stage for the current parameters and features, and how often they have been set.
  private(set) var angles: [UnsafeMutablePointer<AngleValue<Lane>>] = []
  var versions: [Int]
  /// The parameter set whose angles are prepared.
  var preparedSet: Int?
  /// Whether the forward sweep has left the last stage to a turn.
  var stopsBeforeTurn = false
  /// The expectations that a turn has found.
  let expectations: UnsafeMutablePointer<Double>
  /// Im <lambda|G|psi> of every stage's slots, one row a chunk of tiles.
  let partial: UnsafeMutablePointer<Double>
  let parameterGradients: UnsafeMutablePointer<Lane>
  /// The current sample's features, in the first lane.
  let features: UnsafeMutablePointer<Lane>
  private let stateCount: Int
  private let memory: LaneMemory
  private let small: LaneMemory
  private var backwardMemory: LaneMemory?
  private var savedMemory: LaneMemory?

  /// Tiles in a fixed number of chunks, so that sums have the same bits on any number of threads.
  static let chunks = 32

  init(_ plan: TiledPlan, _ layout: WorkspaceLayout, workers: Int) {
    stateCount = plan.stateCount
    versions = plan.stages.map { _ in 0 }
    memory = LaneMemory(count: stateCount)
    psi = memory.pointer
    tiles = (0..<workers).map { _ in Workspace(layout) }
    let slots = plan.stages.reduce(0) { $0 + $1.plan.slotCount }
    let most = plan.stages.map(\.plan.slotCount).max() ?? 0
    let rows = (TiledWorkspace.chunks * most + 3) / 4
    let outputs = plan.diagonals?.count ?? 0
    small = LaneMemory(
      count: AngleValue<Lane>.lanes * slots + rows + plan.parameterCount + plan.featureCount + outputs)
    var next = small.pointer
    for stage in plan.stages {
      angles.append(
        UnsafeMutableRawPointer(next).bindMemory(to: AngleValue<Lane>.self, capacity: stage.plan.slotCount))
      next += AngleValue<Lane>.lanes * stage.plan.slotCount
    }
    partial = UnsafeMutableRawPointer(next).bindMemory(to: Double.self, capacity: 4 * rows)
    parameterGradients = next + rows
    features = parameterGradients + plan.parameterCount
    expectations = UnsafeMutableRawPointer(features + plan.featureCount).bindMemory(
      to: Double.self, capacity: outputs)
  }

  /// The second state, for backward sweeps.
  var lambda: UnsafeMutablePointer<Lane> {
    if backwardMemory == nil { backwardMemory = LaneMemory(count: stateCount + WorkspaceLayout.gap) }
    return backwardMemory!.pointer + WorkspaceLayout.gap
  }

  /// A copy of the final state while several observables take their turn.
  var saved: UnsafeMutablePointer<Lane> {
    if savedMemory == nil { savedMemory = LaneMemory(count: stateCount) }
    return savedMemory!.pointer
  }

  var bytes: Int {
    let states = 1 + (backwardMemory == nil ? 0 : 1) + (savedMemory == nil ? 0 : 1)
    return 32 * (states * stateCount + small.count) + tiles.reduce(0) { $0 + $1.bytes }
  }
}
