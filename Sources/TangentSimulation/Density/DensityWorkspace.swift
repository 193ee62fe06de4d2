import TangentNumerics

/// What one worker needs for its sweeps over Pauli expectations. Used by one thread at a time and kept by the engine
/// between calls.
final class DensityWorkspace: PooledWorkspace, @unchecked Sendable {
  /// The state that sweeps begin with, and two to go on in turn.
  static let leastStates = 3

  let start: UnsafeMutablePointer<Lane>
  let work: (UnsafeMutablePointer<Lane>, UnsafeMutablePointer<Lane>)
  let scratch: UnsafeMutablePointer<Lane>
  /// The transfer matrices of all runs, and the sums that their derivatives are made of.
  let matrices: UnsafeMutablePointer<Lane>
  let sums: UnsafeMutablePointer<Lane>
  let angles: UnsafeMutablePointer<SlotAngle>
  let slotGradients: UnsafeMutablePointer<Lane>
  /// The part of the expectation that half a turn of a slot's angle reverses.
  let moving: UnsafeMutablePointer<Lane>
  let gradients: UnsafeMutablePointer<Lane>
  let variables: UnsafeMutablePointer<Lane>
  /// The parameter set that angles and matrices are prepared for, if all lanes have the same.
  var preparedSet: Int?
  /// Where the last forward sweep ended.
  var final: UnsafeMutablePointer<Lane>

  private let plan: TransferPlan
  private let memory: LaneMemory
  /// Made by the first sweep that comes back.
  private var history: LaneMemory?

  init(_ plan: TransferPlan) {
    self.plan = plan
    memory = LaneMemory(count: DensityWorkspace.leastStates * plan.size + DensityWorkspace.small(plan))
    var free = memory.pointer
    func take(_ count: Int) -> UnsafeMutablePointer<Lane> {
      defer { free += count }
      return free
    }
    start = take(plan.size)
    work = (take(plan.size), take(plan.size))
    scratch = take(plan.scratch)
    matrices = take(QubitRun.coefficientCount * plan.runCount)
    sums = take(QubitRun.coefficientCount * plan.runCount)
    angles = UnsafeMutableRawPointer(take(SlotAngle.lanes * plan.slotCount))
      .bindMemory(to: SlotAngle.self, capacity: plan.slotCount)
    slotGradients = take(plan.slotCount)
    moving = take(plan.slotCount)
    gradients = take(plan.space.count)
    variables = take(plan.space.count)
    final = start
  }

  /// Lanes beside states.
  static func small(_ plan: TransferPlan) -> Int {
    plan.scratch + 2 * QubitRun.coefficientCount * plan.runCount + (SlotAngle.lanes + 2) * plan.slotCount
      + 2 * plan.space.count
  }

  /// States that a sweep there and back needs on top: the final one, the observable twice, and what is kept.
  static func states(_ plan: TransferPlan) -> Int { 3 + plan.segmentCount - 1 + plan.placeCount }

  var bytes: Int { (memory.count + (history?.count ?? 0)) * MemoryLayout<Lane>.stride }

  func clear() { preparedSet = nil }

  func requireHistory() {
    if history == nil { history = LaneMemory(count: DensityWorkspace.states(plan) * plan.size) }
  }

  private func state(_ number: Int) -> UnsafeMutablePointer<Lane> {
    history!.pointer + number * plan.size
  }

  /// The state behind the last step, for several outputs.
  var last: UnsafeMutablePointer<Lane> { state(0) }

  var observables: (UnsafeMutablePointer<Lane>, UnsafeMutablePointer<Lane>) { (state(1), state(2)) }

  /// The state at the beginning of a segment.
  func beginning(_ segment: Int) -> UnsafeMutablePointer<Lane> {
    segment == 0 ? start : state(2 + segment)
  }

  /// A state kept within a segment.
  func kept(_ place: Int) -> UnsafeMutablePointer<Lane> { state(2 + plan.segmentCount + place) }
}
