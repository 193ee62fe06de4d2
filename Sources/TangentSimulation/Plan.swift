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

  /// Doubles for the phase tables of all diagonal passes, and of those that depend on features.
  let tableSize: Int
  let featureTableSize: Int
  let largestTable: Int
  /// Lanes of scratch for dense passes and spectra, and for folded sums.
  let denseScratch: Int
  let foldSums: Int

  let arena: Arena

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
    tableSize = builder.tableSize
    featureTableSize = builder.featureTableSize
    largestTable = builder.tableSize > 0 ? 2 * amplitudes : 0
    denseScratch = builder.denseScratch
    foldSums = builder.foldSums
  }
}
