import TangentCircuits
import TangentNumerics

/// A circuit with channels, compiled into passes over the expectations r_P = tr(P rho) of all Pauli strings, 4^n real numbers
/// a state.
final class TransferPlan: @unchecked Sendable {
  struct Step: BitwiseCopyable {
    let pass: TransferPass
    /// Where the state before it is kept, counted within its segment; -1 where no derivative needs it.
    let place: Int
  }

  let qubitCount: Int
  /// 4^n
  let size: Int
  let space: VariableSpace
  let steps: UnsafePointer<Step>
  let stepCount: Int
  let firstGradientStep: Int
  /// A channel cannot be undone, so a sweep back needs the states before steps with derivatives. Where all of them take too
  /// much memory, those at the beginnings of segments are kept, and a segment's own are made again when it is walked back.
  let segments: UnsafePointer<Int>
  let segmentCount: Int
  /// States that a segment keeps at most.
  let placeCount: Int

  let runs: UnsafePointer<QubitRun>
  let runCount: Int
  let longestRun: Int
  let slots: UnsafePointer<AngleSlot>
  let slotCount: Int
  /// The slots with derivatives.
  let rotations: [Int]
  let gradientChain: GradientChain
  let scratch: Int
  let nanoseconds: Int
  /// Behind the last pass; observables are taken through it.
  let finalMap: StringMap?
  let arena: Arena

  /// - Parameter history: bytes that the kept states of one worker may take.
  init(_ circuit: Circuit, wrt: Variables, history: Int, cancel: CancelToken?) throws(TangentError) {
    qubitCount = circuit.qubitCount
    size = 1 << (2 * circuit.qubitCount)
    space = VariableSpace(
      parameterCount: circuit.parameterCount, featureCount: circuit.featureCount, wrt: wrt)
    var builder = TransferPlanBuilder(register: circuit.qubitCount, space, cancel)
    try builder.build(circuit.elementaryOperations)
    arena = builder.arena
    let passes = builder.passes
    firstGradientStep = passes.firstIndex(where: \.wantsGradient) ?? passes.count
    let kept = passes.count(where: \.wantsGradient)
    let fitting = history / (MemoryLayout<Lane>.stride * size)
    // g beginnings and kept/g states in a segment: as few segments as fit, or those that take least.
    let segmentCount =
      kept <= fitting
      ? 1
      : (2...max(2, kept)).first { $0 + (kept - 1) / $0 + 1 <= fitting }
        ?? max(1, Int(Double(kept).squareRoot().rounded()))
    var (steps, starts, counted) = ([Step](), [0], 0)
    for (number, pass) in passes.enumerated() {
      if pass.wantsGradient {
        if counted >= starts.count * ((kept - 1) / segmentCount + 1) { starts.append(number) }
        let first = (starts.count - 1) * ((kept - 1) / segmentCount + 1)
        steps.append(Step(pass: pass, place: counted - first))
        counted += 1
      } else {
        steps.append(Step(pass: pass, place: -1))
      }
    }
    self.segmentCount = starts.count
    placeCount = (steps.map(\.place).max() ?? -1) + 1
    segments = arena.copy(starts + [passes.count])
    self.steps = arena.copy(steps)
    stepCount = steps.count
    runs = arena.copy(builder.runs)
    runCount = builder.runs.count
    longestRun = builder.runs.map(\.count).max() ?? 0
    let (arena, space) = (arena, space)
    let slots = builder.slots.map { AngleSlot($0, space: space, arena: arena) }
    self.slots = arena.copy(slots)
    slotCount = slots.count
    rotations = slots.indices.filter { slots[$0].wantsGradient }
    gradientChain = GradientChain(slots, count: space.gradientCount, arena: arena)
    scratch = max(
      RunGroup.scratch, passes.map(\.scratch).max() ?? 0, 1 << (2 * TransferMatrix.mostQubits),
      QubitRun.coefficientCount * (longestRun + 1))
    let size = size
    nanoseconds = Int(passes.reduce(0) { $0 + $1.nanoseconds(size: size) })
    finalMap = builder.finalMap()
  }
}
