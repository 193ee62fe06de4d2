import TangentCircuits
import TangentNumerics

/// A circuit compiled for a state that is simulated by itself: stages that each walk once over it, tile by tile, with all
/// their passes applied to a tile while it is in the caches. A state of medium size is one tile.
final class TiledPlan: @unchecked Sendable {
  let qubitCount: Int
  let space: VariableSpace
  let stages: [Stage]
  /// Whether the walk fills the whole state; otherwise the amplitudes it never touches must be zero.
  let fillsState: Bool
  /// The first stage with a derivative; a backward sweep ends there.
  let firstGradientStage: Int
  private let arena = Arena()

  /// Lanes of one state.
  var stateCount: Int { 2 << (qubitCount - 2) }

  /// About how long a forward sweep takes.
  var nanoseconds: Int { stages.reduce(0) { $0 + $1.tiles.count * $1.plan.nanoseconds } }

  var isOneTile: Bool { stages.allSatisfy { $0.shape.tileCount == 1 } }

  /// The observables on the tiles of the last stage, if all are diagonal and few enough for every worker to keep their
  /// diagonals.
  let diagonals: [TileDiagonal]?
  private static let mostDiagonals = 16

  /// A plan for states that begin as |0...0>, or as any state. Nil if an operation mixes more qubits than fit in a tile.
  /// - Parameter mostHistory: bytes of forward states that are kept of a state that is one tile.
  init?(
    _ circuit: RelabelledCircuit, _ observables: [Observable], tileBits: Int, mostHistory: Int,
    fromZero: Bool, wrt: Variables = .parameters, cancel: CancelToken? = nil
  ) throws(TangentError) {
    let n = circuit.qubitCount
    guard n >= 6 else { return nil }
    let scheduler = StageScheduler(
      register: n, tileBits: tileBits, support: fromZero ? 0 : (1 << n) - 1)
    guard let parts = scheduler.stages(circuit.operations) else { return nil }
    qubitCount = n
    space = VariableSpace(
      parameterCount: circuit.parameterCount, featureCount: circuit.featureCount, wrt: wrt)
    var stages: [Stage] = []
    var diagonals: [TileDiagonal]?
    for part in parts {
      let (shape, placement) = TileShape.make(
        register: n, mixing: part.tile, capacity: scheduler.capacity, support: part.support, arena: arena)
      let plan = try Plan(part.operations, placement, space, cancel: cancel)
      if stages.count == parts.count - 1, observables.allSatisfy(\.isDiagonal),
        observables.count <= TiledPlan.mostDiagonals
      {
        diagonals = observables.map { TileDiagonal($0, shape, placement) }
      }
      stages.append(
        Stage(
          shape, plan, support: part.support.before, diagonal: diagonals?.first,
          after: stages.last, mostWholeHistory: parts.count == 1 ? mostHistory : 0))
    }
    self.stages = stages
    self.diagonals = diagonals
    fillsState = parts.last.map { $0.support.after == (1 << n) - 1 } ?? false
    firstGradientStage = stages.firstIndex { $0.plan.firstGradientStep < $0.plan.stepCount } ?? stages.count
  }
}
