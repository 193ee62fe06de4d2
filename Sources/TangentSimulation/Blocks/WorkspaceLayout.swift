import TangentNumerics

/// The sizes of a workspace, in what its arrays hold.
struct WorkspaceLayout: Equatable {
  /// Numbers in 32 bytes, the lanes of a block.
  let laneCount: Int
  let state: Int
  let historyCount: Int
  let saved: Int
  let w: Int
  let sums: Int
  let scratch: Int
  let slots: Int
  let gradients: Int
  let variables: Int
  let laneTables: Int
  let scalarTables: Int
  let keepsHistory: Bool
  let keepsTables: Bool
  let keepsTablesOfAllStages: Bool
  let lanesHaveParameters: Bool
  /// How many workers may hold so much at the same time.
  let mostWorkers: Int

  init(
    _ plan: Plan, observables: [ObservableKernel], laneCount: Int, lanesHaveParameters: Bool, caps: Caps
  ) {
    self.laneCount = laneCount
    state = 2 * plan.amplitudes
    keepsHistory = caps.shares * Caps.laneBytes * state * plan.historyCount <= caps.history
    historyCount = keepsHistory ? plan.historyCount : 1
    saved = observables.count > 1 && !keepsHistory ? state : 0
    w = plan.amplitudes
    sums = plan.foldSums
    scratch = max(plan.denseScratch, observables.map(\.scratch).max() ?? 0)
    slots = plan.slotCount
    gradients = plan.space.gradientCount
    variables = plan.space.count
    self.lanesHaveParameters = lanesHaveParameters
    let lanes = lanesHaveParameters ? plan.tableSize : plan.laneTableSize
    keepsTables =
      caps.shares * (Caps.laneBytes / laneCount * plan.tableSize + Caps.laneBytes * lanes) <= caps.tables
    keepsTablesOfAllStages = false
    laneTables = keepsTables ? lanes : (lanes > 0 ? plan.largestTable : 0)
    scalarTables = keepsTables ? plan.tableSize : plan.largestTable
    mostWorkers = min(
      keepsHistory ? Caps.holders(of: state * historyCount, cap: caps.history) : .max,
      keepsTables
        ? Caps.holders(of: laneTables + (scalarTables + laneCount - 1) / laneCount, cap: caps.tables) : .max)
  }

  /// Two states a block, one bit of the amplitude index in the lanes.
  init(_ plan: Plan, observables: [SplitDensePass], caps: Caps) {
    laneCount = Lane.scalarCount
    state = 2 * plan.amplitudes
    keepsHistory = caps.shares * Caps.laneBytes * state * plan.historyCount <= caps.history
    historyCount = keepsHistory ? plan.historyCount : 1
    saved = observables.count > 1 && !keepsHistory ? state : 0
    w = plan.amplitudes
    sums = plan.foldSums
    // A weighted sum of observables takes one more state.
    scratch = max(plan.denseScratch, observables.map(\.scratch).max() ?? 0) + state
    slots = plan.slotCount
    gradients = plan.space.gradientCount
    variables = plan.space.count
    keepsTables = caps.shares * Caps.laneBytes * plan.tableSize <= caps.tables
    keepsTablesOfAllStages = false
    laneTables = keepsTables ? plan.tableSize : plan.largestTable
    scalarTables = 0
    lanesHaveParameters = true
    mostWorkers = min(
      keepsHistory ? Caps.holders(of: state * historyCount, cap: caps.history) : .max,
      keepsTables ? Caps.holders(of: laneTables, cap: caps.tables) : .max)
  }

  /// Between psi and lambda, half a page: at the same place within a page their amplitudes would drive each other out of
  /// the first-level cache, whose sets go by it.
  static let gap = 2048 / MemoryLayout<Lane>.stride

  /// In lanes.
  var total: Int {
    let wide = laneCount / Lane.scalarCount
    return (historyCount + 1) * state + WorkspaceLayout.gap + saved + w + sums + scratch
      + (AngleValue<Lane>.lanes + 1) * slots + wide * (gradients + variables) + laneTables
      + (scalarTables + laneCount - 1) / laneCount
  }

  var bytes: Int { total * Caps.laneBytes }
}
