import Synchronization
import TangentCircuits
import TangentNumerics

/// A quantum neural network: yhat_ja = scale * tr(O_a U(theta, x_j) rho_j U^dagger).
///
/// Compiled once; every call may run from several threads at the same time.
public struct Model: Sendable {
  public let circuit: Circuit
  public let observables: [Observable]
  public let scale: Double
  let engines: Engines

  public var outputCount: Int { observables.count }

  /// - Throws: on observables of another size than the circuit, no observable, a scale that is not finite.
  public init(circuit: Circuit, observables: [Observable], scale: Double = 1) throws(TangentError) {
    try self.init(circuit: circuit, observables: observables, scale: scale, caps: WorkspaceLayout.Caps())
  }

  init(
    circuit: Circuit, observables: [Observable], scale: Double, caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    guard !observables.isEmpty else { throw .invalid("a model needs at least one observable") }
    for (k, observable) in observables.enumerated() where observable.qubitCount != circuit.qubitCount {
      throw .invalid(
        "observable \(k) acts on \(observable.qubitCount) qubits, the circuit has \(circuit.qubitCount)")
    }
    guard scale.isFinite else { throw .invalid("the scale is \(scale); it must be finite") }
    self.circuit = circuit
    self.observables = observables
    self.scale = scale
    engines = try Engines(circuit, observables, caps)
  }

  /// sum_l Z_l, see `Circuit.zSum`.
  public func zSum() throws(TangentError) -> Double { try circuit.zSum() }

  func validate(_ theta: ParameterSets, _ data: InputData) throws(TangentError) {
    guard theta.parameterCount == circuit.parameterCount else {
      throw .invalid(
        "theta has \(theta.parameterCount) entries, the circuit has \(circuit.parameterCount) parameters")
    }
    guard data.featureCount >= circuit.featureCount else {
      throw .invalid(
        "the data have \(data.featureCount) features, the circuit uses \(circuit.featureCount); pass X with shape (\(data.sampleCount), \(circuit.featureCount))"
      )
    }
    guard data.stateKind == .none || data.dimension == 1 << circuit.qubitCount else {
      throw .invalid(
        "the states have dimension \(data.dimension), a circuit of \(circuit.qubitCount) qubits needs \(1 << circuit.qubitCount)"
      )
    }
  }
}

/// The compiled plan and observables with the workspaces kept between calls.
///
/// Unchecked: the kernels point into the plan's arena, which nobody writes after the initialiser.
final class Engine: @unchecked Sendable {
  let plan: Plan
  /// What the plan leaves to be done: amplitude i of its final state belongs at labels.image(of: i).
  let labels: IndexMap
  let observables: [ObservableKernel]
  /// How many steps matter to predictions and their derivatives.
  let stepCount: Int
  /// Crews of workspaces that no call uses.
  private let idle = Mutex<[[Workspace]]>([])

  /// Workspaces of more bytes are not kept.
  private static let keptBytes = 256 << 20

  private let layout: WorkspaceLayout
  private let layoutOfParameterLanes: WorkspaceLayout

  init(
    _ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    let circuit = RelabelledCircuit(circuit)
    plan = try Plan(circuit)
    labels = circuit.labels
    var kernels: [ObservableKernel] = []
    for observable in observables {
      kernels.append(try ObservableKernel(observable.pulledBack(through: labels), arena: plan.arena))
    }
    self.observables = kernels
    stepCount = kernels.allSatisfy(\.isDiagonal) ? plan.stepCountBeforeDiagonal : plan.stepCount
    layout = WorkspaceLayout(plan, observables: kernels, lanesHaveParameters: false, caps: caps)
    layoutOfParameterLanes = WorkspaceLayout(
      plan, observables: kernels, lanesHaveParameters: true, caps: caps)
  }

  func layout(lanesHaveParameters: Bool) -> WorkspaceLayout {
    lanesHaveParameters ? layoutOfParameterLanes : layout
  }

  /// Takes workspaces for at least `count` workers, kept ones first.
  func takeWorkspaces(_ count: Int, lanesHaveParameters: Bool) -> [Workspace] {
    var result = idle.withLock { kept in
      kept.lastIndex { $0[0].lanesHaveParameters == lanesHaveParameters }.map { kept.remove(at: $0) } ?? []
    }
    while result.count < count {
      result.append(Workspace(layout(lanesHaveParameters: lanesHaveParameters)))
    }
    for workspace in result {
      workspace.preparedSet = nil
      workspace.isReversible = false
    }
    return result
  }

  func give(back workspaces: [Workspace]) {
    guard
      layout(lanesHaveParameters: workspaces[0].lanesHaveParameters).bytes <= Engine.keptBytes
    else { return }
    idle.withLock { $0.append(workspaces) }
  }
}
