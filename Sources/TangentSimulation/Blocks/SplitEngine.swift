import TangentCircuits
import TangentNumerics

/// A circuit of dense unitaries on all qubits and evolutions under one qubit's Z, perhaps behind an encoding of features,
/// for few samples: two states a block, that qubit's bit in the lanes beside them. So four samples are work for two
/// threads, and two half as much as four.
///
/// Unchecked: the passes point into the plan's arena, which nobody writes after the initialiser.
final class SplitEngine: @unchecked Sendable {
  static let samplesPerUnit = 2
  private static let qubits = 3...7

  /// Whether every core has its two states at once. With more states blocks of four are as many units as cores, and read every
  /// matrix once for all four.
  static func isSooner(for units: Int, _ layout: LayoutClass) -> Bool {
    units <= samplesPerUnit * layout.cores
  }

  /// What turns features into states before that, in blocks of four; nil where there is nothing.
  let encoding: Engine?
  let plan: Plan
  /// Every observable as a dense matrix.
  let observables: [SplitDensePass]
  let bit: Int
  let layout: WorkspaceLayout
  let workspaces = WorkspacePool<SplitWorkspace>()

  /// Nil for other circuits.
  init?(
    _ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps, cancel: CancelToken?
  ) throws(TangentError) {
    let n = circuit.qubitCount
    guard SplitEngine.qubits.contains(n), let parts = circuit.partsAroundEncoding else { return nil }
    let operations = parts.rest.elementaryOperations
    guard let bit = SplitEngine.splitBit(operations, register: n) else { return nil }
    let placement = Placement(register: n, places: (0..<n).map { $0 == bit ? nil : $0 < bit ? $0 : $0 - 1 })
    encoding =
      parts.encoding.instructions.isEmpty
      ? nil : try Engine(parts.encoding, [], .double, caps, cancel: cancel)
    plan = try Plan(
      operations, placement,
      VariableSpace(parameterCount: circuit.parameterCount, featureCount: 0, wrt: .parameters),
      cancel: cancel)
    self.bit = bit
    var kernels: [SplitDensePass] = []
    for observable in observables {
      kernels.append(
        SplitDensePass(
          try observable.matrix(), after: nil, bits: placement.places(ofQubits: Array(0..<n)),
          arena: plan.arena))
    }
    self.observables = kernels
    // A weighted sum of observables takes one more state.
    let scratch = max(plan.denseScratch, kernels.map(\.scratch).max() ?? 0) + 2 * plan.amplitudes
    layout = WorkspaceLayout(
      plan, outputs: kernels.count, scratch: scratch, lanes: LaneShape(Lane.self), lanesHaveParameters: true,
      caps)
  }

  /// The bit of the one qubit that all evolutions turn about Z, if a circuit is of the right kind.
  private static func splitBit(_ operations: [ElementaryOperation], register n: Int) -> Int? {
    var mask: QubitMask?
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

  /// Of one worker.
  var workspaceBytes: Int { layout.bytes + (encodingLayout?.bytes ?? 0) }

  fileprivate var encodingLayout: WorkspaceLayout? {
    encoding?.layout(Lane.self, lanesHaveParameters: false)
  }
}

/// What one worker needs for two states, and for their encoding.
struct SplitWorkspace: PooledWorkspace {
  let states: Workspace<Lane>
  let encoding: Workspace<Lane>?

  init(_ engine: SplitEngine) {
    states = Workspace(engine.layout)
    encoding = engine.encodingLayout.map { Workspace($0) }
  }

  var bytes: Int { states.bytes + (encoding?.bytes ?? 0) }

  func clear() {
    states.clear()
    encoding?.clear()
  }
}
