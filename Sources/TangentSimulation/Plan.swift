import TangentCircuits
import TangentNumerics

/// One walk over the state.
enum Pass: BitwiseCopyable {
  case rotation(RotationPass)
  case diagonal(DiagonalPass)
  case dense(DensePass)
  case swap(SwapPass)
}

/// A circuit compiled once into few passes over memory, in plain pointers that all threads read.
final class Plan: @unchecked Sendable {
  let qubitCount: Int
  let amplitudes: Int
  let parameterCount: Int
  let featureCount: Int

  let passes: UnsafePointer<Pass>
  let passCount: Int
  /// The passes that matter to an observable diagonal in the computational basis: without a last diagonal pass.
  let passCountBeforeDiagonal: Int

  let slots: UnsafePointer<AngleSlot>
  let slotCount: Int

  /// Sizes of a worker's memory.
  let scalarTableSize: Int
  let laneTableSize: Int
  let largestTable: Int
  let denseScratch: Int
  let foldSums: Int
  /// Whether all phase tables are kept during a sweep; beyond the cap each is rebuilt where it is used.
  let keepsTables: Bool

  /// Bytes of phase tables a worker may hold.
  static let tableCap = 64 << 20

  private let arena: Arena

  init(_ circuit: Circuit) throws(TangentError) {
    var builder = try PlanBuilder(circuit)
    let built = try builder.build(circuit)
    arena = builder.arena
    qubitCount = circuit.qubitCount
    amplitudes = 1 << circuit.qubitCount
    parameterCount = circuit.parameterCount
    featureCount = circuit.featureCount
    passes = arena.copy(built)
    passCount = built.count
    if case .diagonal = built.last { passCountBeforeDiagonal = built.count - 1 } else {
      passCountBeforeDiagonal = built.count
    }
    slots = arena.copy(builder.slots)
    slotCount = builder.slots.count
    scalarTableSize = builder.scalarTableSize
    laneTableSize = builder.laneTableSize
    largestTable = builder.hasDiagonal ? 2 * amplitudes : 0
    denseScratch = builder.denseScratch
    foldSums = builder.foldSums
    keepsTables = 8 * scalarTableSize + 32 * laneTableSize <= Plan.tableCap
  }
}
