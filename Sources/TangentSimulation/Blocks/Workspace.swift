import Glibc
import TangentNumerics

/// What one worker needs for its sweeps: the states on their way forward, lambda, angles, phase tables, gradients. Used
/// by one thread at a time and kept by the engine between calls.
final class Workspace<L: LaneVector>: @unchecked Sendable {
  /// The history of forward states, or one state that a backward sweep un-applies.
  private(set) var states: UnsafeMutablePointer<L>
  private(set) var lambda: UnsafeMutablePointer<L>
  /// The final state while several observables take their turn, for sweeps without a history.
  let saved: UnsafeMutablePointer<L>
  let w: UnsafeMutablePointer<L>
  let sums: UnsafeMutablePointer<L>
  let scratch: UnsafeMutablePointer<L>
  /// The value of every slot.
  let angles: UnsafeMutablePointer<AngleValue<L>>
  let slotGradients: UnsafeMutablePointer<L>
  let parameterGradients: UnsafeMutablePointer<L.Wide>
  let theta: UnsafeMutablePointer<L.Wide>
  let features: UnsafeMutablePointer<L.Wide>
  private(set) var scalarTables: UnsafeMutablePointer<L.Scalar>
  private(set) var laneTables: UnsafeMutablePointer<L>
  /// Whether forward states are kept for the backward sweep; beyond the cap it un-applies the passes instead.
  private(set) var keepsHistory: Bool
  /// Whether all phase tables are kept during a sweep; beyond the cap each is rebuilt where it is used.
  let keepsTables: Bool
  /// Whether every lane has parameters of its own.
  let lanesHaveParameters: Bool
  /// Whether single passes are undone on states of any kind, whatever room a history would have.
  var isReversible = false
  /// Whether the prepared angles allow cosines to wait for a later pass.
  var cosinesCanWait = true
  /// Where the cosines of rotations go. Un-applied states would be scaled twice, so there every pass keeps its own.
  var scaling: Scaling { keepsHistory && !isReversible && cosinesCanWait ? .inNextDiagonal : .inPass }
  /// The state that the last forward sweep ended with.
  var final: UnsafeMutablePointer<L>
  /// The parameter set whose angles and tables are prepared.
  var preparedSet: Int?

  private let memory: LaneMemory
  private let own: (states: UnsafeMutablePointer<L>, lambda: UnsafeMutablePointer<L>)

  var bytes: Int { memory.count * MemoryLayout<Lane>.stride }

  /// Lets sweeps run on states that lie elsewhere, until `detach`.
  func attach(states: UnsafeMutablePointer<L>, lambda: UnsafeMutablePointer<L>) {
    (self.states, self.lambda) = (states, lambda)
  }

  /// Turns to a stage's tables, and to keeping its forward states or not.
  func enter(_ stage: TiledPlan.Stage, history: Bool) {
    keepsHistory = history
    guard keepsTablesOfAllStages else { return }
    laneTables = allTables.lanes + stage.tableOffsets.lanes
    scalarTables = allTables.scalars + stage.tableOffsets.scalars
  }

  func detach() { (states, lambda) = own }

  /// Which angles a stage's tables have been built from.
  struct TableState: Equatable {
    let version: Int
    let variant: Int
    let scaling: Scaling
  }

  /// Where tables of several stages are kept, or only those of the last one.
  private let allTables: (lanes: UnsafeMutablePointer<L>, scalars: UnsafeMutablePointer<L.Scalar>)
  private let keepsTablesOfAllStages: Bool
  private var tableStates: [Int: TableState] = [:]

  /// Whether tables for these angles are still to be built; they count as built from now on.
  func needsTables(_ state: TableState, stage number: Int) -> Bool {
    if tableStates[number] == state { return false }
    if !keepsTablesOfAllStages { tableStates.removeAll() }
    tableStates[number] = state
    return true
  }

  init(_ layout: WorkspaceLayout) {
    memory = LaneMemory(count: layout.total)
    var next = UnsafeMutableRawPointer(memory.pointer)
    func take<Number>(_ count: Int) -> UnsafeMutablePointer<Number> {
      defer { next += count * MemoryLayout<Number>.stride }
      return next.bindMemory(to: Number.self, capacity: count)
    }
    // First those that want the memory's alignment.
    parameterGradients = take(layout.parameters)
    theta = take(layout.parameters)
    features = take(layout.features)
    states = take(layout.state * layout.historyCount)
    next += WorkspaceLayout.gap * MemoryLayout<L>.stride
    lambda = take(layout.state)
    own = (states, lambda)
    final = states
    saved = take(layout.saved)
    w = take(layout.w)
    sums = take(layout.sums)
    scratch = take(layout.scratch)
    angles = take(layout.slots)
    slotGradients = take(layout.slots)
    laneTables = take(layout.laneTables)
    keepsTablesOfAllStages = layout.keepsTablesOfAllStages
    scalarTables = take(layout.scalarTables)
    allTables = (laneTables, scalarTables)
    keepsHistory = layout.keepsHistory
    keepsTables = layout.keepsTables
    lanesHaveParameters = layout.lanesHaveParameters
  }
}

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
  let parameters: Int
  let features: Int
  let laneTables: Int
  let scalarTables: Int
  let keepsHistory: Bool
  let keepsTables: Bool
  let keepsTablesOfAllStages: Bool
  let lanesHaveParameters: Bool
  /// How many workers may hold so much at the same time.
  let mostWorkers: Int

  /// Bytes that all workers of a call together may hold of forward states, and of phase tables.
  ///
  /// What does not fit in a worker's share is not kept. The share is a part of the machine, not of the threads in use:
  /// whether states are kept shows in the last bits of a result. Where threads outnumber the shares, fewer work.
  struct Caps: Sendable {
    var tables = 256 << 20
    var history = 256 << 20
    /// The machine's processors; but states that fill more than 32 MB are undone as fast as they are read again.
    var shares = max(8, sysconf(Int32(_SC_NPROCESSORS_CONF)))
    /// Registers of more qubits go state by state through tiles instead of four at a time in blocks; few samples of
    /// fewer qubits do as well.
    var blockQubits = 12
    var fewestTiledQubits = 9
    /// Index bits of a tile: psi, lambda and a phase table of it fit in a second-level cache of a megabyte.
    var tile = 11

    static let laneBytes = MemoryLayout<Lane>.stride

    /// How often so many lanes fit.
    static func holders(of lanes: Int, cap: Int) -> Int { lanes == 0 ? .max : cap / (laneBytes * lanes) }

    /// A state of one tile is walked in place, so it may be twice as large.
    func tileBits(register n: Int) -> Int { n - 2 <= tile + 1 ? tile + 1 : tile }
  }

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
    parameters = plan.parameterCount
    features = plan.featureCount
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
    parameters = plan.parameterCount
    features = 0
    keepsTables = caps.shares * Caps.laneBytes * plan.tableSize <= caps.tables
    keepsTablesOfAllStages = false
    laneTables = keepsTables ? plan.tableSize : plan.largestTable
    scalarTables = 0
    lanesHaveParameters = true
    mostWorkers = min(
      keepsHistory ? Caps.holders(of: state * historyCount, cap: caps.history) : .max,
      keepsTables ? Caps.holders(of: laneTables, cap: caps.tables) : .max)
  }

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
    parameters = 0
    features = 0
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

  /// Between psi and lambda, half a page: at the same place within a page their amplitudes would drive each other out of
  /// the first-level cache, whose sets go by it.
  static let gap = 2048 / MemoryLayout<Lane>.stride

  /// In lanes.
  var total: Int {
    let wide = laneCount / Lane.scalarCount
    return (historyCount + 1) * state + WorkspaceLayout.gap + saved + w + sums + scratch
      + (AngleValue<Lane>.lanes + 1) * slots + wide * (2 * parameters + features) + laneTables
      + (scalarTables + laneCount - 1) / laneCount
  }

  var bytes: Int { total * Caps.laneBytes }
}
