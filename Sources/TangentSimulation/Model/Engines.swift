import Synchronization
import TangentCircuits
import TangentNumerics

/// The circuits that a model simulates, each compiled when it is first needed, so that one whose state does not fit is refused
/// by what simulates it and by nothing else. Where the light cone leaves nothing out, they are one.
final class Engines: Sendable {
  /// The whole circuit.
  private let whole: LazyEngine
  /// The circuit without gates outside the observables' light cone, on all qubits.
  private let onRegister: LazyEngine
  /// The same on the light cone's qubits alone.
  private let onCone: LazyEngine

  init(
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, _ method: SimulationMethod,
    _ caps: WorkspaceLayout.Caps
  ) {
    let simulated = method == .trajectories ? circuit.unravelled : circuit
    let cone = simulated.lightCone(of: observables)
    let isDensity = method == .density || (method == .automatic && cone.circuit.hasChannels)
    whole = LazyEngine(circuit, observables, precision, isDensity: false, caps)
    onRegister =
      cone.isPruned || isDensity || cone.circuit.hasChannels
      ? LazyEngine(cone.circuit, observables, precision, isDensity: isDensity, caps) : whole
    onCone =
      cone.qubits.count < circuit.qubitCount
      ? LazyEngine(
        cone.restrictedCircuit, observables.map(cone.restricted), precision, isDensity: isDensity, caps,
        coneOf: circuit.qubitCount)
      : onRegister
  }

  /// A state of so many qubits takes 16 GB, with four lanes 64.
  static let maximumQubits = 30

  /// What computes a task. Output states and their Fisher information need the whole circuit. Predictions and their derivatives need the light cone;
  /// from input states, which may entangle any qubits, on the whole register.
  func engine(for task: Model.Task, hasStates: Bool) -> LazyEngine {
    switch task {
    case .outputStates, .fisherInformation, .featureFisherInformation: whole
    default: hasStates ? onRegister : onCone
    }
  }
}
