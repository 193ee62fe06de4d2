import TangentNumerics

/// The sizes of a workspace, in what its arrays hold.
struct WorkspaceLayout: Equatable {
  let lanes: LaneShape
  let state: Int
  let historyCount: Int
  let saved: Int
  let w: Int
  let sums: Int
  let scratch: Int
  let jumps: Int
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

  /// - Parameters:
  ///   - plans: those that a worker walks, one at a time.
  ///   - state: of psi and of lambda; 0 where they lie elsewhere.
  ///   - history: forward states that are kept.
  ///   - scratch: of passes and observables.
  ///   - space: of the gradients that are collected here.
  init(
    _ plans: [Plan], state: Int, history: Int, keepsHistory: Bool, saved: Int = 0, scratch: Int,
    space: VariableSpace? = nil, lanes shape: LaneShape = LaneShape(Lane.self), lanesHaveParameters: Bool,
    _ caps: Caps
  ) {
    func most(_ size: (Plan) -> Int) -> Int { plans.map(size).max() ?? 0 }
    func sum(_ size: (Plan) -> Int) -> Int { plans.map(size).reduce(0, +) }
    self.lanes = shape
    self.state = state
    historyCount = history
    self.keepsHistory = keepsHistory
    self.saved = saved
    w = most(\.amplitudes)
    sums = most(\.foldSums)
    self.scratch = scratch
    jumps = most(\.jumpSize)
    slots = most(\.slotCount)
    gradients = space?.gradientCount ?? 0
    variables = space?.count ?? 0
    self.lanesHaveParameters = lanesHaveParameters
    func lanes(_ plan: Plan) -> Int { lanesHaveParameters ? plan.tableSize : plan.laneTableSize }
    func scalars(_ plan: Plan) -> Int { lanesHaveParameters ? 0 : plan.tableSize }
    func bytes(_ plan: Plan) -> Int {
      shape.bytes * lanes(plan) + shape.scalarBytes * scalars(plan)
    }
    let keepsAll = caps.shares * sum(bytes) <= caps.tables
    let keepsOne = caps.shares * most(bytes) <= caps.tables
    func room(_ tables: (Plan) -> Int) -> Int {
      if keepsAll { return sum(tables) }
      return most { keepsOne || tables($0) == 0 ? tables($0) : $0.largestTable }
    }
    (keepsTablesOfAllStages, keepsTables) = (keepsAll, keepsOne)
    laneTables = room(lanes)
    scalarTables = room(scalars)
    mostWorkers = min(
      history > 1 ? max(1, Caps.holders(of: shape.bytes * state * history, cap: caps.history)) : .max,
      keepsTables
        ? Caps.holders(
          of: shape.bytes * (laneTables + shape.lanes(ofScalars: scalarTables)), cap: caps.tables)
        : .max)
  }

  /// For whole states in blocks.
  init(
    _ plan: Plan, outputs: Int, scratch: Int, lanes: LaneShape, lanesHaveParameters: Bool, _ caps: Caps
  ) {
    let state = 2 * plan.amplitudes
    // What channels did cannot be un-applied.
    let keepsHistory =
      plan.jumpSize > 0 || lanes.bytes * state * plan.historyCount <= caps.historyOfUnit
    self.init(
      [plan], state: state, history: keepsHistory ? plan.historyCount : 1, keepsHistory: keepsHistory,
      saved: outputs > 1 && !keepsHistory ? state : 0, scratch: scratch, space: plan.space,
      lanes: lanes, lanesHaveParameters: lanesHaveParameters, caps)
  }

  /// Between psi and lambda, half a page: at the same place within a page their amplitudes would drive each other out of
  /// the first-level cache, whose sets go by it.
  static let gapBytes = 2048

  var bytes: Int {
    let total =
      (historyCount + 1) * state + saved + w + sums + scratch + jumps + (AngleValue<Lane>.lanes + 1) * slots
      + lanes.lanesPerDoubles * (gradients + variables) + laneTables + lanes.lanes(ofScalars: scalarTables)
    return total * lanes.bytes + WorkspaceLayout.gapBytes
  }
}
