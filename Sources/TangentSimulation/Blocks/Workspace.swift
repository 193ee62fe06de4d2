import TangentNumerics

/// What one worker needs for its sweeps: the states on their way forward, lambda, angles, phase tables, gradients. Used
/// by one thread at a time and kept by the engine between calls.
final class Workspace<L: LaneVector>: PooledWorkspace, @unchecked Sendable {
  /// The history of forward states, or one state that a backward sweep un-applies.
  private(set) var states: UnsafeMutablePointer<L>
  private(set) var lambda: UnsafeMutablePointer<L>
  /// The final state while several observables take their turn, for sweeps without a history.
  let saved: UnsafeMutablePointer<L>
  let w: UnsafeMutablePointer<L>
  let sums: UnsafeMutablePointer<L>
  let scratch: UnsafeMutablePointer<L>
  /// The operators that channels chose on the way forward.
  let jumps: UnsafeMutablePointer<L>
  /// The value of every slot.
  let angles: UnsafeMutablePointer<AngleValue<L>>
  let slotGradients: UnsafeMutablePointer<L>
  let gradients: UnsafeMutablePointer<L.Wide>
  /// Parameters and features, as far as angles are made from them lane by lane or derivatives read them.
  let variables: UnsafeMutablePointer<L.Wide>
  private(set) var scalarTables: UnsafeMutablePointer<Uniform<L>>
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

  func clear() {
    preparedSet = nil
    isReversible = false
  }

  /// Lets sweeps run on states that lie elsewhere, until `detach`.
  func attach(states: UnsafeMutablePointer<L>, lambda: UnsafeMutablePointer<L>) {
    (self.states, self.lambda) = (states, lambda)
  }

  /// Turns to a stage's tables, and to keeping its forward states or not.
  func enter(tableOffsets: (lanes: Int, scalars: Int), history: Bool) {
    keepsHistory = history
    guard keepsTablesOfAllStages else { return }
    laneTables = allTables.lanes + tableOffsets.lanes
    scalarTables = allTables.scalars + tableOffsets.scalars
  }

  func detach() { (states, lambda) = own }

  /// Which angles a stage of a tiled plan has, in a tile or in its tables.
  struct AngleState: Equatable {
    let version: Int
    var features: Int
    let variant: Int
    let scaling: Scaling

    /// What has changed since an earlier state.
    func change(since last: AngleState?) -> AngleChange {
      guard var last else { return .everything }
      if last == self { return .nothing }
      last.features = features
      return last == self ? .features : .everything
    }
  }

  enum AngleChange {
    case nothing
    /// What depends on the sample's features.
    case features
    case everything
  }

  /// Where tables of several stages are kept, or only those of the last one.
  private let allTables: (lanes: UnsafeMutablePointer<L>, scalars: UnsafeMutablePointer<Uniform<L>>)
  private let keepsTablesOfAllStages: Bool
  private var tableStates: [Int: AngleState] = [:]
  private var currentAngles: (stage: Int, state: AngleState)?

  /// What of a stage's tables is still to be built for these angles; it counts as built from now on.
  func tableChange(to state: AngleState, stage number: Int) -> AngleChange {
    let change = state.change(since: tableStates[number])
    guard change != .nothing else { return .nothing }
    if !keepsTablesOfAllStages { tableStates.removeAll() }
    tableStates[number] = state
    return change
  }

  /// What of the angles is still to be set; it counts as set from now on.
  func angleChange(to state: AngleState, stage number: Int) -> AngleChange {
    let last = currentAngles?.stage == number ? currentAngles?.state : nil
    currentAngles = (number, state)
    return state.change(since: last)
  }

  init(_ layout: WorkspaceLayout) {
    memory = LaneMemory(count: layout.bytes / MemoryLayout<Lane>.stride)
    var next = UnsafeMutableRawPointer(memory.pointer)
    func take<Number>(_ count: Int) -> UnsafeMutablePointer<Number> {
      defer { next += count * MemoryLayout<Number>.stride }
      return next.bindMemory(to: Number.self, capacity: count)
    }
    // First those that want the memory's alignment.
    gradients = take(layout.gradients)
    variables = take(layout.variables)
    states = take(layout.state * layout.historyCount)
    next += WorkspaceLayout.gapBytes
    lambda = take(layout.state)
    own = (states, lambda)
    final = states
    saved = take(layout.saved)
    w = take(layout.w)
    sums = take(layout.sums)
    scratch = take(layout.scratch)
    jumps = take(layout.jumps)
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
