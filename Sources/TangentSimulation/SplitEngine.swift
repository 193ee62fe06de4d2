import Synchronization
import TangentCircuits
import TangentNumerics

/// A circuit of dense unitaries on all qubits and evolutions under Z strings, for few samples: two states a block, one
/// bit of the amplitude index in the lanes beside them. So four samples are work for two threads, and two half as much
/// as four.
///
/// Unchecked: the passes point into the plan's arena, which nobody writes after the initialiser.
final class SplitEngine: @unchecked Sendable {
  static let samplesPerUnit = 2
  /// With more samples blocks of four are full, and read every matrix once for all four.
  static let mostSamples = 4
  private static let qubits = 3...7

  let plan: Plan
  /// Every observable as a dense matrix.
  let observables: [SplitDensePass]
  let bit: Int
  let layout: WorkspaceLayout
  private let idle = Mutex<[Workspace<Lane>]>([])

  /// Nil for other circuits.
  init?(
    _ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    let n = circuit.qubitCount
    let operations = circuit.elementaryOperations
    guard SplitEngine.qubits.contains(n), circuit.featureCount == 0,
      let bit = SplitEngine.splitBit(operations, register: n)
    else { return nil }
    let placement = Placement(register: n, places: (0..<n).map { $0 == bit ? nil : $0 < bit ? $0 : $0 - 1 })
    plan = try Plan(
      operations, placement, parameterCount: circuit.parameterCount, featureCount: 0)
    self.bit = bit
    var kernels: [SplitDensePass] = []
    for observable in observables {
      kernels.append(
        SplitDensePass(
          try observable.matrix(), after: nil, bits: placement.places(ofQubits: Array(0..<n)),
          arena: plan.arena))
    }
    self.observables = kernels
    layout = WorkspaceLayout(plan, observables: kernels, caps: caps)
  }

  /// The bit of the one qubit that all evolutions turn about Z, if a circuit is of the right kind.
  private static func splitBit(_ operations: [ElementaryOperation], register n: Int) -> Int? {
    var mask: UInt64?
    for operation in operations {
      switch operation {
      case .fixed(let matrix, let qubits):
        guard qubits.count == n, !matrix.isDiagonal, n > 3 || Monomial(matrix) == nil else { return nil }
      case .evolution(.paulis(let terms, controls: 0), _):
        guard terms.count == 1, terms[0].string.isDiagonal, terms[0].string.z.nonzeroBitCount == 1,
          mask ?? terms[0].string.z == terms[0].string.z
        else { return nil }
        mask = terms[0].string.z
      default: return nil
      }
    }
    return mask?.trailingZeroBitCount
  }

  func takeWorkspaces(_ count: Int) -> [Workspace<Lane>] {
    var result = idle.withLock { kept in
      let taken = Array(kept.suffix(count))
      kept.removeLast(taken.count)
      return taken
    }
    while result.count < count { result.append(Workspace(layout)) }
    for workspace in result { workspace.preparedSet = nil }
    return result
  }

  func give(back workspaces: [Workspace<Lane>]) { idle.withLock { $0.append(contentsOf: workspaces) } }
}
