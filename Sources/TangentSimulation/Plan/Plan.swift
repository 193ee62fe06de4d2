import TangentCircuits
import TangentNumerics

/// Operations compiled once into few passes over memory, in plain pointers that all threads read.
final class Plan: @unchecked Sendable {
  let amplitudes: Int
  let space: VariableSpace

  let steps: UnsafePointer<Step>
  let stepCount: Int
  /// The steps that matter to an observable diagonal in the computational basis: without a last diagonal pass.
  let stepCountBeforeDiagonal: Int
  /// The first step with a derivative; a backward sweep ends there.
  let firstGradientStep: Int
  /// About how long a sweep over one block takes, for the decision whether to share work among threads.
  let nanoseconds: Int
  /// How many states a sweep that keeps its history holds.
  let historyCount: Int

  let slots: UnsafePointer<AngleSlot>
  /// What the slots' angles owe to bits outside the amplitude index.
  let conditions: UnsafePointer<OutsideCondition>
  let slotCount: Int
  /// The slots that read features.
  let featureSlots: UnsafePointer<Int>
  let featureSlotCount: Int
  let gradientChain: GradientChain

  /// The generators of the slots with derivatives, by step.
  let generators: UnsafePointer<SlotGenerator>
  let generatorCount: Int

  /// Doubles for the phase tables of all diagonal passes, and of those that vary by lane.
  let tableSize: Int
  let laneTableSize: Int
  let largestTable: Int
  /// Lanes of scratch for dense passes and spectra, and for folded sums.
  let denseScratch: Int
  let foldSums: Int
  /// For the operators that channels choose, without which nothing can be un-applied; 0 without channels.
  let jumpSize: Int

  let arena: Arena

  /// A plan for blocks that hold whole states.
  convenience init(
    _ circuit: RelabelledCircuit, _ precision: Precision, wrt: Variables = .parameters,
    cancel: CancelToken? = nil
  ) throws(TangentError) {
    let space = VariableSpace(
      parameterCount: circuit.parameterCount, featureCount: circuit.featureCount, wrt: wrt)
    try self.init(
      circuit.operations, Placement(register: circuit.qubitCount), space, precision, cancel: cancel)
  }

  init(
    _ operations: [ElementaryOperation], _ placement: Placement, _ space: VariableSpace,
    _ precision: Precision = .double, cancel: CancelToken?
  ) throws(TangentError) {
    var builder = PlanBuilder(placement, space, precision, cancel)
    let sequence = Step.sequence(try builder.build(operations))
    arena = builder.arena
    amplitudes = placement.amplitudes
    self.space = space
    steps = arena.copy(sequence)
    stepCount = sequence.count
    if case .diagonal(let pass) = sequence.last?.pass, pass.pointee.permutation == nil {
      stepCountBeforeDiagonal = sequence.count - 1
    } else {
      stepCountBeforeDiagonal = sequence.count
    }
    firstGradientStep = sequence.firstIndex { $0.pass.wantsGradient } ?? sequence.count
    nanoseconds = Int(sequence.reduce(0) { $0 + $1.pass.nanoseconds(amplitudes: placement.amplitudes) })
    historyCount = 1 + (sequence.last?.target ?? 0)
    let slots = builder.slots.map { [arena] in AngleSlot($0, space: space, arena: arena) }
    self.slots = arena.copy(slots)
    slotCount = slots.count
    let readers = slots.indices.filter { slots[$0].dependsOnFeatures }
    featureSlots = arena.copy(readers)
    featureSlotCount = readers.count
    gradientChain = GradientChain(slots, count: space.gradientCount, arena: arena)
    conditions = arena.copy(builder.conditions)
    generators = arena.copy(builder.generators)
    generatorCount = builder.generators.count
    tableSize = builder.tableSize
    laneTableSize = builder.laneTableSize
    largestTable = builder.tableSize > 0 ? 2 * amplitudes : 0
    denseScratch = builder.denseScratch
    foldSums = builder.foldSums
    jumpSize = builder.jumpSize
  }
}
