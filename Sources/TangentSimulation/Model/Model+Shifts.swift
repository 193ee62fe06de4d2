import TangentCircuits
import TangentNumerics

extension Model {
  /// A rotation exp(-i phi P/2) that a parameter enters, d phi / d theta = factor, times a feature if there is one.
  public struct Occurrence: Sendable, BitwiseCopyable {
    /// Its rotation, by number among those of `shifts`.
    public let rotation: Int
    public let parameter: Int
    public let factor: Double
    /// -1 for none.
    public let feature: Int
  }

  /// All occurrences of parameters that the observables see, rotation by rotation. Controlled rotations are two, evolutions
  /// one for each Pauli string.
  /// - Throws: unless the model simulates density matrices; as `jacobian`.
  public func occurrences(hasStates: Bool, cancel: CancelToken? = nil) throws(TangentError) -> [Occurrence] {
    let plan = try shiftEngine(hasStates: hasStates, cancel).plan
    return plan.rotations.enumerated().flatMap { number, slot in
      let slot = plan.slots[slot]
      return (0..<slot.partialCount).map { k in
        let partial = slot.partials[k]
        return Occurrence(
          rotation: number, parameter: partial.variable, factor: partial.coefficient,
          feature: partial.factor < 0 ? -1 : partial.factor - circuit.parameterCount)
      }
    }
  }

  /// Predictions (sets, samples, outputs), and what is needed of them with any rotation's angle phi shifted: along it
  /// f(phi + delta) = centre + (f - centre) cos delta + slope sin delta. Slopes and centres are (sets, samples, outputs, rotations).
  ///
  /// One sweep there and one back for each output give all of them (docs/maths.md, "Channels").
  /// - Throws: as `occurrences`.
  public func shifts(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, cancel: CancelToken? = nil
  ) throws(TangentError) -> (predictions: [Double], slopes: [Double], centres: [Double]) {
    try validate(theta, data)
    try requireMemory(
      for: .jacobian, samples: rows?.count ?? data.sampleCount, sets: theta.setCount,
      hasStates: data.stateKind != .none,
      cancel: cancel)
    let engine = try shiftEngine(hasStates: data.stateKind != .none, cancel)
    let schedule = Schedule(theta, data, rows: rows, takesMixedStates: true)
    let count = schedule.setCount * schedule.rowCount * outputCount
    let rotations = engine.plan.rotations.count
    var predictions = [Double](repeating: 0, count: count)
    var slopes = [Double](repeating: 0, count: count * rotations)
    var centres = slopes
    predictions.withUnsafeMutableBufferPointer { predictions in
      slopes.withUnsafeMutableBufferPointer { slopes in
        centres.withUnsafeMutableBufferPointer { centres in
          nonisolated(unsafe) let targets = (predictions, slopes, centres)
          run(
            .density(engine), call(theta, data, schedule, cancel), tasks: schedule.unitCount, sweeps: 3
          ) { runner, unit in
            guard case .density(let runner) = runner else { return }
            runner.shifts(unit, predictions: targets.0, slopes: targets.1, centres: targets.2)
          }
        }
      }
    }
    try cancel?.check()
    return (predictions, slopes, centres)
  }

  private func shiftEngine(hasStates: Bool, _ cancel: CancelToken?) throws(TangentError) -> DensityEngine {
    let engine = engines.engine(for: .jacobian, hasStates: hasStates)
    guard engine.isDensity,
      case .density(let found) = try engine.simulator(units: 1, stateKind: .none, cancel: cancel)
    else {
      throw .invalid(
        "shifted predictions come from density matrices, the model simulates state vectors; make it with the method density"
      )
    }
    return found
  }
}
