public import CTangent
internal import TangentCircuits
internal import TangentNumerics
internal import TangentSimulation
internal import TangentTraining

final class ModelBox: Handled {
  static let kind = HandleKind.model
  let model: Model
  /// Shared by all trainings of the model.
  let floors = FloorMemory()

  init(_ model: Model) { self.model = model }

  static func find(_ handle: Int64) throws(TangentError) -> ModelBox {
    try HandleTable.shared.find(handle, as: ModelBox.self)
  }

  static func value(_ handle: Int64) throws(TangentError) -> Model { try find(handle).model }
}

/// yhat = scale * tr(O U(theta, x) rho U^dagger) for each of n_observables observables, simulated in a
/// precision (enum qtg_precision), by density matrices where the observables see channels. Circuit and observables are
/// copied; their handles may be freed.
@c(qtg_model_create)
public func modelCreate(
  _ circuit: qtg_circuit, _ observables: UnsafePointer<qtg_observable>?, _ n_observables: Int64,
  _ scale: Double, _ precision: Int32, _ result: UnsafeMutablePointer<qtg_model>?
) -> Int32 {
  modelCreateByMethod(
    circuit, observables, n_observables, scale, precision, SimulationMethod.automatic.rawValue, result)
}

/// The same by a method (enum qtg_simulation), QTG_SIMULATION_AUTO being that of qtg_model_create.
@c(qtg_model_create_by_method)
public func modelCreateByMethod(
  _ circuit: qtg_circuit, _ observables: UnsafePointer<qtg_observable>?, _ n_observables: Int64,
  _ scale: Double, _ precision: Int32, _ method: Int32, _ result: UnsafeMutablePointer<qtg_model>?
) -> Int32 {
  guarded { () throws(TangentError) in
    guard let precision = Precision(rawValue: precision) else {
      throw .invalid("precision is \(precision); 0 (double) or 1 (single) is expected")
    }
    guard let method = SimulationMethod(rawValue: method) else {
      throw .invalid("method is \(method); 0 (auto), 1 (density) or 2 (trajectories) is expected")
    }
    let model = try Model(
      circuit: CircuitBox.value(circuit),
      observables: ObservableBox.values(observables, count: n_observables),
      scale: scale, precision: precision, method: method)
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(ModelBox(model))
  }
}

@c(qtg_model_free)
public func modelFree(_ model: qtg_model) -> Int32 {
  always { () throws(TangentError) in try HandleTable.shared.remove(model, kind: .model) }
}

/// Sizes; an output that is not wanted may be null.
@c(qtg_model_info)
public func modelInfo(
  _ model: qtg_model, _ n_qubits: UnsafeMutablePointer<Int64>?, _ n_params: UnsafeMutablePointer<Int64>?,
  _ n_features: UnsafeMutablePointer<Int64>?, _ n_outputs: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let model = try ModelBox.value(model)
    n_qubits?.pointee = Int64(model.circuit.qubitCount)
    n_params?.pointee = Int64(model.circuit.parameterCount)
    n_features?.pointee = Int64(model.circuit.featureCount)
    n_outputs?.pointee = Int64(model.outputCount)
  }
}

/// Zsum = sum_l Z_l; an error where an angle is parameter times feature, since it then depends on the data.
@c(qtg_model_z_sum)
public func modelZSum(_ model: qtg_model, _ z_sum: UnsafeMutablePointer<Double>?) -> Int32 {
  guarded { () throws(TangentError) in
    let model = try ModelBox.value(model)
    try Arguments.nonNull("z_sum", z_sum).pointee = try model.zSum()
  }
}

/// Bytes that a call (enum qtg_task) on n_sets parameter sets and n_samples pure samples needs, result included;
/// has_states 1 if the samples bring input states, which keep qubits outside the observables' light cone.
@c(qtg_model_memory)
public func modelMemory(
  _ model: qtg_model, _ task: Int32, _ n_sets: Int64, _ n_samples: Int64, _ has_states: Int32,
  _ bytes: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let (model, task) = (try ModelBox.value(model), try Arguments.task(task, n_sets, n_samples))
    try Arguments.nonNull("bytes", bytes).pointee = Int64(
      model.memoryEstimate(
        for: task, samples: Int(n_samples), sets: Int(n_sets), hasStates: has_states != 0))
  }
}

/// QTG_OUT_OF_MEMORY if such a call would be refused; the text names how many samples at a time would fit.
@c(qtg_model_require_memory)
public func modelRequireMemory(
  _ model: qtg_model, _ task: Int32, _ n_sets: Int64, _ n_samples: Int64, _ has_states: Int32
) -> Int32 {
  guarded { () throws(TangentError) in
    let (model, task) = (try ModelBox.value(model), try Arguments.task(task, n_sets, n_samples))
    try model.requireMemory(
      for: task, samples: Int(n_samples), sets: Int(n_sets), hasStates: has_states != 0)
  }
}

/// Compiles what such a call needs, which the call would do itself; large unitaries take long. May be cancelled.
@c(qtg_model_compile)
public func modelCompile(
  _ model: qtg_model, _ task: Int32, _ n_sets: Int64, _ n_samples: Int64, _ has_states: Int32,
  _ cancel: qtg_cancel
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let (model, task) = (try ModelBox.value(model), try Arguments.task(task, n_sets, n_samples))
    try model.compile(
      for: task, samples: Int(n_samples), sets: Int(n_sets), hasStates: has_states != 0, cancel: token)
  }
}

/// A rough estimate of how long qtg_model_compile takes on one thread where nothing is compiled yet, in seconds.
@c(qtg_model_compile_duration)
public func modelCompileDuration(
  _ model: qtg_model, _ task: Int32, _ has_states: Int32, _ seconds: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let (model, task) = (try ModelBox.value(model), try Arguments.task(task, 1, 1))
    try Arguments.nonNull("seconds", seconds).pointee = model.compilationEstimate(
      for: task, hasStates: has_states != 0)
  }
}

/// A rough estimate of how long such a call takes, in seconds.
@c(qtg_model_duration)
public func modelDuration(
  _ model: qtg_model, _ task: Int32, _ n_sets: Int64, _ n_samples: Int64, _ has_states: Int32,
  _ seconds: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let (model, task) = (try ModelBox.value(model), try Arguments.task(task, n_sets, n_samples))
    try Arguments.nonNull("seconds", seconds).pointee = model.durationEstimate(
      for: task, samples: Double(n_samples), sets: Double(n_sets), hasStates: has_states != 0)
  }
}

extension Arguments {
  static func task(_ task: Int32, _ n_sets: Int64, _ n_samples: Int64) throws(TangentError) -> Model.Task {
    guard let task = Model.Task(rawValue: task) else {
      throw .invalid("task is \(task), 0 to \(Model.Task.allCases.count - 1) is expected")
    }
    guard n_sets >= 1, n_samples >= 1 else {
      throw .invalid("n_sets is \(n_sets) and n_samples \(n_samples), both must be at least 1")
    }
    return task
  }
}
