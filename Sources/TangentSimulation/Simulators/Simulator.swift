import TangentNumerics

/// What simulates the samples of a call: blocks of states, blocks of two, one state at a time in tiles, or blocks of
/// density matrices.
enum Simulator {
  case blocks(Engine)
  case wideBlocks(Engine)
  case singleBlocks(Engine)
  case splits(SplitEngine)
  case tiles(TiledEngine)
  case density(DensityEngine)

  var statesPerUnit: Int {
    switch self {
    case .blocks: Lane.scalarCount
    case .wideBlocks: WideLane.scalarCount
    case .singleBlocks: SingleLane.scalarCount
    case .splits: SplitEngine.samplesPerUnit
    case .tiles: 1
    case .density: Lane.scalarCount
    }
  }

  /// About how long a forward sweep over one unit takes.
  var nanosecondsPerUnit: Int {
    switch self {
    case .blocks(let engine), .wideBlocks(let engine), .singleBlocks(let engine): engine.plan.nanoseconds
    case .splits(let engine): engine.plan.nanoseconds
    case .tiles(let engine): engine.plan.nanoseconds
    case .density(let engine): engine.plan.nanoseconds
    }
  }

  /// Whether a mixed sample is one state and not its eigenvectors.
  var takesMixedStates: Bool { if case .density = self { true } else { false } }
}
