import TangentCircuits
import TangentNumerics

/// A quantum neural network: yhat_ja = scale * tr(O_a U(theta, x_j) rho_j U^dagger).
///
/// Compiled once; every call may run from several threads at the same time.
public struct Model: Sendable {
  public let circuit: Circuit
  public let observables: [Observable]
  public let scale: Double
  public let precision: Precision
  public let method: SimulationMethod
  /// What units its calls are cut into.
  public let layout: LayoutClass
  let engines: Engines

  public var outputCount: Int { observables.count }

  /// - Throws: on observables of another size than the circuit, no observable, a scale that is not finite.
  public init(
    circuit: Circuit, observables: [Observable], scale: Double = 1, precision: Precision = .double,
    method: SimulationMethod = .automatic, layout: LayoutClass = .current
  ) throws(TangentError) {
    try self.init(
      circuit: circuit, observables: observables, scale: scale, precision: precision, method: method,
      caps: .init(layout))
  }

  init(
    circuit: Circuit, observables: [Observable], scale: Double, precision: Precision = .double,
    method: SimulationMethod = .automatic, caps: WorkspaceLayout.Caps
  ) throws(TangentError) {
    guard !observables.isEmpty else { throw .invalid("a model needs at least one observable") }
    for (k, observable) in observables.enumerated() where observable.qubitCount != circuit.qubitCount {
      throw .invalid(
        "observable \(k) acts on \(observable.qubitCount) qubits, the circuit has \(circuit.qubitCount)")
    }
    guard scale.isFinite else { throw .invalid("the scale is \(scale); it must be finite") }
    self.circuit = method == .trajectories ? circuit.unravelled : circuit
    self.observables = observables
    self.scale = scale
    self.precision = precision
    self.method = method
    layout = caps.layout
    engines = Engines(circuit, observables, precision, method, caps)
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
        "the data have \(data.featureCount) features, the circuit uses \(circuit.featureCount); give features of shape (\(data.sampleCount), \(circuit.featureCount))"
      )
    }
    let n = circuit.qubitCount
    guard data.stateKind == .none || data.dimension == 1 << n else {
      throw .invalid(
        "the states have dimension \(data.dimension), a circuit of \(n) qubits needs \(n < 63 ? "\(1 << n)" : "2^\(n)")"
      )
    }
  }
}
