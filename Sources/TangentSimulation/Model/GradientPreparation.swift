import TangentNumerics

/// What gradients of all samples have in common, whatever the parameters.
final class GradientPreparation: Sendable {
  let engines: Engines
  let data: InputData
  let setCount: Int
  let wantsJacobian: Bool
  let simulator: Simulator
  let schedule: Schedule
  let chunks: GradientChunks

  /// - Throws: `outOfMemory` on too many qubits or samples.
  init(
    _ model: Model, _ theta: ParameterSets, _ data: InputData, rows: [Int]?, wantsJacobian: Bool,
    wrt: Variables = .parameters, cancel: CancelToken?
  ) throws(TangentError) {
    engines = model.engines
    self.data = data
    setCount = theta.setCount
    self.wantsJacobian = wantsJacobian
    simulator = try model.predictionSimulator(
      theta, data, rows: rows?.count ?? data.sampleCount, wrt: wrt, cancel: cancel)
    schedule = Schedule(
      theta, data, rows: rows, statesPerUnit: simulator.statesPerUnit,
      takesMixedStates: simulator.takesMixedStates)
    chunks = GradientChunks(schedule)
    try model.requireMemory(
      for: wantsJacobian ? .jacobian : wrt == .parameters ? .gradient : .vectorJacobianProduct,
      samples: schedule.rowCount, sets: setCount,
      hasStates: data.stateKind != .none, cancel: cancel)
  }

  func serves(_ model: Model, _ theta: ParameterSets, _ data: InputData, wantsJacobian: Bool) -> Bool {
    engines === model.engines && self.data === data && setCount == theta.setCount
      && self.wantsJacobian == wantsJacobian
  }
}
