import TangentNumerics

extension WorkspaceLayout {
  /// Room for one tile of any of these stages and its phase tables, and the history of the last one.
  init(stages: [TiledPlan.Stage], caps: Caps) {
    laneCount = Lane.scalarCount
    func most(_ size: (Plan) -> Int) -> Int { stages.map { size($0.plan) }.max() ?? 0 }
    state = stages.allSatisfy(\.shape.isWholeState) ? 0 : most { 2 * $0.amplitudes }
    historyCount = stages.last.map { $0.keepsHistory ? $0.plan.historyCount : 1 } ?? 1
    saved = 0
    w = most(\.amplitudes)
    sums = most(\.foldSums)
    scratch = most(\.denseScratch)
    slots = most(\.slotCount)
    gradients = 0
    variables = 0
    let lanes = stages.reduce(0) { $0 + $1.plan.laneTableSize }
    let scalars = stages.reduce(0) { $0 + $1.plan.tableSize }
    func bytes(_ plan: Plan) -> Int { 8 * plan.tableSize + Caps.laneBytes * plan.laneTableSize }
    keepsTablesOfAllStages = caps.shares * (8 * scalars + Caps.laneBytes * lanes) <= caps.tables
    keepsTables = caps.shares * most(bytes) <= caps.tables
    laneTables = keepsTablesOfAllStages ? lanes : most(keepsTables ? \.laneTableSize : \.largestTable)
    scalarTables = keepsTablesOfAllStages ? scalars : most(keepsTables ? \.tableSize : \.largestTable)
    keepsHistory = false
    lanesHaveParameters = false
    mostWorkers =
      keepsTables
      ? Caps.holders(of: laneTables + (scalarTables + laneCount - 1) / laneCount, cap: caps.tables) : .max
  }
}
