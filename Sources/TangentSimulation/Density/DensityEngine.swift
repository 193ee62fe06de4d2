import TangentCircuits
import TangentNumerics

/// A circuit and observables compiled for density matrices, with the workspaces kept between calls.
///
/// Unchecked: the passes point into the plan's arena, which nobody writes after the initialiser.
final class DensityEngine: @unchecked Sendable {
  /// A block of four states of so many qubits takes half a gigabyte.
  static let maximumQubits = 12

  let plan: TransferPlan
  let observables: [StringObservable]
  let butterfly: PauliButterfly
  let workspaces = WorkspacePool<DensityWorkspace>()

  /// - Throws: `outOfMemory` on too many qubits, before anything is compiled.
  init(
    _ circuit: Circuit, _ observables: [Observable], _ layout: LayoutClass, wrt: Variables,
    history: Int = DensityEngine.history, cancel: CancelToken?
  ) throws(TangentError) {
    let n = circuit.qubitCount
    guard n <= DensityEngine.maximumQubits else {
      throw TangentError(
        .outOfMemory,
        "density matrices of \(n) qubits do not fit; circuits with channels are limited to the \(DensityEngine.maximumQubits) qubits that the observables depend on; the method trajectories estimates more"
      )
    }
    let state = MemoryLayout<Lane>.stride << (2 * n)
    let limit = MachineMemory.available
    guard DensityWorkspace.leastStates * state <= limit else {
      throw TangentError(
        .outOfMemory,
        "density matrices of \(n) qubits need \(ByteCount(DensityWorkspace.leastStates * state)), \(ByteCount(limit)) are allowed; use fewer qubits, or the method trajectories, which estimates"
      )
    }
    plan = try TransferPlan(
      circuit, wrt: wrt, history: history / layout.shares, cancel: cancel)
    var sums: [StringObservable] = []
    for observable in observables {
      sums.append(try StringObservable(observable, finalMap: plan.finalMap, arena: plan.arena))
    }
    self.observables = sums
    butterfly = PauliButterfly(register: n)
  }

  /// Bytes of kept states that all workers together may hold before they make some of them again instead.
  static let history = 1 << 30

  /// Bytes that one worker needs.
  func workspaceBytes(returns: Bool) -> Int {
    let states = DensityWorkspace.leastStates + (returns ? DensityWorkspace.states(plan) : 0)
    return MemoryLayout<Lane>.stride * (states * plan.size + DensityWorkspace.small(plan))
  }

  /// So many workers at most, that their workspaces fit.
  var mostWorkers: Int { max(1, MachineMemory.limit / 2 / workspaceBytes(returns: true)) }
}
