import TangentCircuits
import TangentNumerics

extension Model {
  /// What predicts these samples.
  func predictionSimulator(
    _ theta: ParameterSets, _ data: InputData, rows: Int, wrt: Variables = .parameters,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> Simulator {
    try engines.engine(for: .predict, hasStates: data.stateKind != .none)
      .simulator(units: theta.setCount * rows, stateKind: data.stateKind, wrt: wrt, cancel: cancel)
  }

  /// About how many seconds one thread needs to bring these samples forward once. Compiles the circuit.
  public func forwardSeconds(_ data: InputData, sets: Int) throws(TangentError) -> Double {
    let pairs = data.sampleCount.multipliedReportingOverflow(by: sets)
    let simulator = try engines.engine(for: .gradient, hasStates: data.stateKind != .none)
      .simulator(units: pairs.overflow ? .max : pairs.partialValue, stateKind: data.stateKind, cancel: nil)
    let units =
      data.stateKind == .mixed && !simulator.takesMixedStates
      ? Double(data.firstBlock.last ?? 0) * Double(sets)
      : (Double(data.sampleCount) * Double(sets) / Double(simulator.statesPerUnit)).rounded(.up)
    return 1e-9 * units * Double(simulator.nanosecondsPerUnit)
  }

  /// The whole circuit, for output states and their derivatives.
  func stateEngine(wrt: Variables, cancel: CancelToken? = nil) throws(TangentError) -> Engine {
    try engines.engine(for: .outputStates, hasStates: true).get(wrt: wrt, cancel: cancel)
  }

  /// The observables' light cone, for predictions of these samples and their derivatives.
  func predictionEngine(
    _ data: InputData, wrt: Variables = .parameters, cancel: CancelToken? = nil
  ) throws(TangentError) -> Engine {
    try engines.engine(for: .predict, hasStates: data.stateKind != .none).get(wrt: wrt, cancel: cancel)
  }

  /// The circuit that is simulated for a task, for estimates.
  public func simulatedCircuit(for task: Task, hasStates: Bool) -> Circuit {
    engines.engine(for: task, hasStates: hasStates).circuit
  }
}
