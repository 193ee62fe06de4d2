import TangentNumerics

/// What one pair of parameter set and sample needs on its way through a tiled plan, and the tiles of its workers.
final class TiledWorkspace: PooledWorkspace, @unchecked Sendable {
  let psi: UnsafeMutablePointer<Lane>
  let tiles: [Workspace<Lane>]
  /// Angles of every stage for the current parameters and features, and how often they have been set.
  private(set) var angles: [UnsafeMutablePointer<AngleValue<Lane>>] = []
  var versions: [Int]
  /// How often a sample's features have been set.
  var features = 0
  /// The diagonals of a plan's observables on a tile, those of every worker in a row.
  var diagonals: [TileDiagonal.Values] = []
  private let diagonalMemory: LaneMemory
  /// The parameter set whose angles are prepared.
  var preparedSet: Int?
  /// Whether the forward sweep leaves the last stage to a turn.
  var turnsInLastStage = false
  /// The expectations that a turn has found.
  let expectations: UnsafeMutablePointer<Double>
  /// Im <lambda|G|psi> of every stage's slots, one row a chunk of tiles.
  let partial: UnsafeMutablePointer<Double>
  let gradients: UnsafeMutablePointer<Lane>
  /// Parameters and the current sample's features, in the first lane.
  let variables: UnsafeMutablePointer<Lane>
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
    let size = plan.stages.last?.plan.amplitudes ?? 0
    diagonalMemory = LaneMemory(count: workers * outputs * size)
    small = LaneMemory(
      count: AngleValue<Lane>.lanes * slots + rows + plan.space.gradientCount + plan.space.count + outputs)
    var next = small.pointer
    for stage in plan.stages {
      angles.append(
        UnsafeMutableRawPointer(next).bindMemory(to: AngleValue<Lane>.self, capacity: stage.plan.slotCount))
      next += AngleValue<Lane>.lanes * stage.plan.slotCount
    }
    partial = UnsafeMutableRawPointer(next).bindMemory(to: Double.self, capacity: 4 * rows)
    gradients = next + rows
    variables = gradients + plan.space.gradientCount
    expectations = UnsafeMutableRawPointer(variables + plan.space.count).bindMemory(
      to: Double.self, capacity: outputs)
    diagonals = (0..<(workers * outputs)).map {
      TileDiagonal.Values(entries: diagonalMemory.pointer + $0 * size)
    }
  }

  /// The second state, for backward sweeps.
  var lambda: UnsafeMutablePointer<Lane> {
    let gap = WorkspaceLayout.gapBytes / MemoryLayout<Lane>.stride
    if backwardMemory == nil { backwardMemory = LaneMemory(count: stateCount + gap) }
    return backwardMemory!.pointer + gap
  }

  /// A copy of the final state while several observables take their turn.
  var saved: UnsafeMutablePointer<Lane> {
    if savedMemory == nil { savedMemory = LaneMemory(count: stateCount) }
    return savedMemory!.pointer
  }

  func clear() { preparedSet = nil }

  var bytes: Int {
    let states = 1 + (backwardMemory == nil ? 0 : 1) + (savedMemory == nil ? 0 : 1)
    return 32 * (states * stateCount + small.count + diagonalMemory.count) + tiles.reduce(0) { $0 + $1.bytes }
  }
}
