import Synchronization
import TangentCircuits
import TangentNumerics

/// A circuit of dense unitaries on all qubits and evolutions under one qubit's Z, perhaps behind an encoding of features,
/// for few samples: two states a block, that qubit's bit in the lanes beside them. So four samples are work for two
/// threads, and two half as much as four.
///
/// Unchecked: the passes point into the plan's arena, which nobody writes after the initialiser.
final class SplitEngine: @unchecked Sendable {
  static let samplesPerUnit = 2
  /// With more samples blocks of four are full, and read every matrix once for all four.
  static let mostSamples = 4
  private static let qubits = 3...7

  /// What turns features into states before that, in blocks of four; nil where there is nothing.
  let encoding: Engine?
  let plan: Plan
  /// Every observable as a dense matrix.
  let observables: [SplitDensePass]
  let bit: Int
  let layout: WorkspaceLayout
  private let idle = Mutex<[SplitWorkspace]>([])

  /// Nil for other circuits.
  init?(
    _ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    let n = circuit.qubitCount
    guard SplitEngine.qubits.contains(n), let parts = circuit.partsAroundEncoding else { return nil }
    let operations = parts.rest.elementaryOperations
    guard let bit = SplitEngine.splitBit(operations, register: n) else { return nil }
    let placement = Placement(register: n, places: (0..<n).map { $0 == bit ? nil : $0 < bit ? $0 : $0 - 1 })
    encoding = parts.encoding.instructions.isEmpty ? nil : try Engine(parts.encoding, [], .double, caps)
    plan = try Plan(
      operations, placement,
      VariableSpace(parameterCount: circuit.parameterCount, featureCount: 0, wrt: .parameters))
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

  func takeWorkspaces(_ count: Int) -> [SplitWorkspace] {
    var result = idle.withLock { kept in
      let taken = Array(kept.suffix(count))
      kept.removeLast(taken.count)
      return taken
    }
    while result.count < count { result.append(SplitWorkspace(self)) }
    for workspace in result {
      workspace.states.preparedSet = nil
      workspace.encoding?.preparedSet = nil
    }
    return result
  }

  func give(back workspaces: [SplitWorkspace]) { idle.withLock { $0.append(contentsOf: workspaces) } }

  /// Bytes of one worker's workspaces.
  var workspaceBytes: Int {
    layout.bytes + (encoding.map { $0.workspaces.layout(lanesHaveParameters: false).bytes } ?? 0)
  }
}

/// What one worker needs for two states, and for their encoding.
struct SplitWorkspace {
  let states: Workspace<Lane>
  let encoding: Workspace<Lane>?

  init(_ engine: SplitEngine) {
    states = Workspace(engine.layout)
    encoding = engine.encoding.map { Workspace($0.workspaces.layout(lanesHaveParameters: false)) }
  }
}
