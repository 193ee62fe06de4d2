public import CTangent
internal import Synchronization
internal import TangentCircuits
internal import TangentClassical
internal import TangentNumerics
internal import TangentSimulation
internal import TangentTraining
internal import TangentOptimization
internal import TangentBounds

final class RunBox: Handled {
  static let kind = HandleKind.run
  let run: any AnyRun
  /// The record as last read, so that reading field after field arranges it once.
  private let lastRead = Mutex<RunRecord?>(nil)

  init(_ run: any AnyRun) { self.run = run }

  static func find(_ handle: Int64) throws(TangentError) -> RunBox {
    try HandleTable.shared.find(handle, as: RunBox.self)
  }

  /// The run of a quantum neural network.
  static func circuitRun(_ handle: Int64) throws(TangentError) -> TrainingRun {
    guard let run = try find(handle).run as? TrainingRun else {
      throw .invalid("the run trains a classical net; this call is for runs of circuits")
    }
    return run
  }

  static func store(_ run: any AnyRun, _ result: UnsafeMutablePointer<qtg_run>?) throws(TangentError) {
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(RunBox(run))
  }

  func record() throws(TangentError) -> RunRecord {
    if let record = lastRead.withLock({ $0 }) { return record }
    let record = try run.record
    lastRead.withLock { $0 = record }
    return record
  }

  func forgetRecord() { lastRead.withLock { $0 = nil } }
}

/// A new training run at step 0. theta (n_sets, n_params) is where it starts; null draws n_sets sets uniformly from
/// [0, 2 pi) by the seed. Everything is copied. A checkpoint that exists already is an error.
@c(qtg_run_create)
public func runCreate(
  _ model: qtg_model, _ samples: qtg_samples, _ targets: UnsafePointer<qtg_targets>?,
  _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ options: UnsafePointer<qtg_run_options>?,
  _ result: UnsafeMutablePointer<qtg_run>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let box = try ModelBox.find(model)
    let model = box.model
    let data = try SamplesBox.value(samples)
    let weights = try Arguments.weights(targets, samples: data.sampleCount)
    let targets = try Arguments.targets(targets, samples: data.sampleCount, outputs: model.outputCount)
    let sets = try Arguments.count("theta", n_sets, Int64(model.circuit.parameterCount))
    try Memory.require(8 * sets, "\(n_sets) sets of parameters")
    try model.requireMemory(
      for: .gradient, samples: data.sampleCount, sets: max(1, Int(n_sets)),
      hasStates: data.stateKind != .none)
    let settings = try Arguments.options(options)
    let measurement = try Arguments.measurement(options)
    let run = try TrainingRun(
      model: model, data: data, targets: targets, weights: weights,
      theta: theta == nil ? nil : try Arguments.theta(theta, n_sets, n_params), setCount: Int(n_sets),
      options: settings, measurement: measurement, note: Arguments.note(options), floors: box.floors)
    if run.options.optimizer is any MetricOptimizer {
      try model.requireMemory(
        for: .fisherInformation, samples: data.sampleCount, sets: max(1, Int(n_sets)),
        hasStates: data.stateKind != .none)
    }
    try run.requireNewCheckpoint()
    try RunBox.store(run, result)
  }
}

/// Makes so many further steps. outcome: enum qtg_outcome. When it is cancelled or the loss is no longer finite, theta
/// and record are those of the last completed step, and the checkpoint, if one was asked for, has been written.
@c(qtg_run_advance)
public func runAdvance(
  _ run: qtg_run, _ steps: Int64, _ callbacks: UnsafePointer<qtg_callbacks>?, _ cancel: qtg_cancel,
  _ outcome: UnsafeMutablePointer<Int32>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let box = try RunBox.find(run)
    let outcome = try Arguments.nonNull("outcome", outcome)
    var observer = TrainingObserver()
    if callbacks != nil {
      let callbacks = try Arguments.structure("callbacks", callbacks)
      // The context is the caller's and stays in the caller's thread, where both functions run.
      if let step = callbacks.step {
        observer.step = { number, loss, theta in step(callbacks.context, Int64(number), loss, theta) != 0 }
      }
      if let progress = callbacks.progress {
        observer.progress = { number, last, loss in
          progress(callbacks.context, Int64(number), Int64(last), loss)
        }
      }
    }
    guard (0...(1 << 53)).contains(steps) else { throw .invalid("steps is \(steps), 0 to 2^53 is possible") }
    defer { box.forgetRecord() }
    outcome.pointee = try box.run.advance(steps: Int(steps), cancel: token, observer: observer).rawValue
  }
}

/// A rough estimate of how long a step takes, in seconds. Compiles the circuit, as the first step does.
@c(qtg_run_duration)
public func runDuration(_ run: qtg_run, _ seconds_per_step: UnsafeMutablePointer<Double>?) -> Int32 {
  guarded { () throws(TangentError) in
    let run = try RunBox.find(run).run
    try Arguments.nonNull("seconds_per_step", seconds_per_step).pointee = try run.secondsPerStep
  }
}

/// About how long one such call on the run's data takes, by the gates of the circuit.
private func seconds(_ task: Model.Task, of run: TrainingRun) -> Double {
  run.model.durationEstimate(
    for: task, samples: Double(run.data.sampleCount), sets: Double(run.setCount),
    hasStates: run.data.stateKind != .none)
}

/// Sizes and position; set state->struct_size before.
@c(qtg_run_info)
public func runInfo(_ run: qtg_run, _ state: UnsafeMutablePointer<qtg_run_state>?) -> Int32 {
  guarded { () throws(TangentError) in
    let run = try RunBox.find(run).run
    let state = try Arguments.nonNull("state", state)
    var filled = try Arguments.structure("state", UnsafePointer(state))
    filled.n_sets = Int64(run.setCount)
    filled.n_params = Int64(run.parameterCount)
    filled.n_samples = Int64(run.sampleCount)
    filled.n_outputs = 1
    filled.step = Int64(try run.step)
    filled.n_recorded = Int64(try run.recordedCount)
    filled.axes = Int32(run.options.axes.rawValue)
    filled.loss = Int32(QTG_LOSS_MSE.rawValue)
    if let shots = run.options.shots {
      filled.shots = Int64(shots.predictions)
      filled.derivative_shots = Int64(shots.derivatives)
      filled.estimator = shots.estimator
    }
    if let run = run as? TrainingRun { describe(run, in: &filled) }
    state.pointee = filled
  }
}

/// What runs of circuits alone have.
private func describe(_ run: TrainingRun, in state: inout qtg_run_state) {
  state.n_outputs = Int64(run.model.outputCount)
  state.scale = run.model.scale
  state.precision = run.model.precision.rawValue
  state.method = run.model.method.rawValue
  state.seconds_of_warnings =
    seconds(.outputStates, of: run) + seconds(.jacobian, of: run) + 1e-9 * run.warningProducts
  if case .labels = run.targets { state.loss = Int32(QTG_LOSS_CROSS_ENTROPY.rawValue) }
}

/// A recorded quantity (enum qtg_field): length receives its number of doubles; a null buffer with capacity 0 only
/// asks.
@c(qtg_run_field)
public func runField(
  _ run: qtg_run, _ field: Int32, _ buffer: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let box = try RunBox.find(run)
    let students = (box.run as? TeacherStudentRun)?.problem
    let values: [Double]
    switch UInt32(bitPattern: field) {
    case QTG_FIELD_STEPS.rawValue: values = try box.record().steps.map { Double($0) }
    case QTG_FIELD_TIME.rawValue: values = try box.record().time
    case QTG_FIELD_LOSS.rawValue: values = try box.record().loss
    case QTG_FIELD_PREDICTIONS.rawValue: values = try box.record().predictions
    case QTG_FIELD_KERNEL.rawValue: values = try box.record().kernel
    case QTG_FIELD_THETA.rawValue: values = try box.record().theta
    case QTG_FIELD_PARAMETERS.rawValue: values = try box.run.parameters
    case QTG_FIELD_GRADIENT_NORM.rawValue: values = try box.record().gradientNorm
    case QTG_FIELD_TEACHER.rawValue: values = students?.net.teacher ?? []
    case QTG_FIELD_INPUTS.rawValue: values = students?.samples?.inputs ?? []
    case QTG_FIELD_LABELS.rawValue: values = students?.samples?.labels ?? []
    case QTG_FIELD_MEASURED_LOSS.rawValue: values = try box.record().measuredLoss
    default: throw .invalid("field is \(field), 0 to 11 is expected")
    }
    try Results.write(values, buffer, capacity, length)
  }
}

/// The model of a run, as a new handle.
@c(qtg_run_circuit)
public func runCircuit(_ run: qtg_run, _ result: UnsafeMutablePointer<qtg_circuit>?) -> Int32 {
  guarded { () throws(TangentError) in try CircuitBox.store(RunBox.circuitRun(run).model.circuit, result) }
}

/// The note of a run of a circuit, as its options gave it; length receives its number of bytes, a null buffer with
/// capacity 0 only asks.
@c(qtg_run_note)
public func runNote(
  _ run: qtg_run, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(RunBox.circuitRun(run).note, buffer, capacity, length)
  }
}

/// Observable `index` of a run's model, as a new handle.
@c(qtg_run_observable)
public func runObservable(_ run: qtg_run, _ index: Int64, _ result: UnsafeMutablePointer<qtg_observable>?)
  -> Int32
{
  guarded { () throws(TangentError) in
    let observables = try RunBox.circuitRun(run).model.observables
    guard observables.indices.contains(Int(index)) else {
      throw .invalid("index is \(index), the model has \(observables.count) observables")
    }
    try ObservableBox.store(observables[Int(index)], result)
  }
}

/// The samples that a run trains on, as a new handle.
@c(qtg_run_samples)
public func runSamples(_ run: qtg_run, _ result: UnsafeMutablePointer<qtg_samples>?) -> Int32 {
  guarded { () throws(TangentError) in try SamplesBox.store(RunBox.circuitRun(run).data, result) }
}

/// The targets of a run: values (m, k), or for cross-entropy labels (m); length receives their number, a null buffer
/// with capacity 0 only asks.
@c(qtg_run_targets)
public func runTargets(
  _ run: qtg_run, _ buffer: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    switch try RunBox.circuitRun(run).targets {
    case .values(let values): try Results.write(values, buffer, capacity, length)
    case .labels(let labels): try Results.write(labels.map { Double($0) }, buffer, capacity, length)
    }
  }
}

/// What data, labels and rate already tell, one warning a line; empty when nothing is wrong.
@c(qtg_run_warnings)
public func runWarnings(
  _ run: qtg_run, _ cancel: qtg_cancel, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let warnings = try RunBox.circuitRun(run).warnings(cancel: token)
    try Results.write(warnings.joined(separator: "\n"), buffer, capacity, length)
  }
}

/// A sentence on how model, data or targets differ from those of the run, empty if they do not. What is not to be
/// compared is 0 or null.
@c(qtg_run_difference)
public func runDifference(
  _ run: qtg_run, _ model: qtg_model, _ samples: qtg_samples,
  _ targets: UnsafePointer<qtg_targets>?,
  _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let run = try RunBox.circuitRun(run)
    let difference = run.difference(
      model: model == 0 ? nil : try ModelBox.value(model),
      data: samples == 0 ? nil : try SamplesBox.value(samples),
      targets: targets == nil
        ? nil
        : try Arguments.targets(targets, samples: run.data.sampleCount, outputs: run.model.outputCount))
    try Results.write(difference ?? "", buffer, capacity, length)
  }
}

/// Writes model, data, optimizer state and record to a file, atomically.
@c(qtg_run_save)
public func runSave(_ run: qtg_run, _ path: UnsafePointer<CChar>?) -> Int32 {
  guarded { () throws(TangentError) in try RunBox.find(run).run.save(path: Arguments.text("path", path)) }
}

/// Reads a saved run or a checkpoint.
@c(qtg_run_load)
public func runLoad(
  _ path: UnsafePointer<CChar>?, _ cancel: qtg_cancel, _ result: UnsafeMutablePointer<qtg_run>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    try RunBox.store(TrainingRun.load(path: Arguments.text("path", path), cancel: token), result)
  }
}

/// What qtg_run_save writes, in memory.
@c(qtg_run_serialize)
public func runSerialize(
  _ run: qtg_run, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(RunBox.find(run).run.serialized(), buffer, capacity, length)
  }
}

/// A run from its bytes; damaged ones are QTG_CORRUPTED_FILE.
@c(qtg_run_deserialize)
public func runDeserialize(
  _ bytes: UnsafePointer<UInt8>?, _ n_bytes: Int64, _ result: UnsafeMutablePointer<qtg_run>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let bytes = try Arguments.buffer("bytes", bytes, count: Arguments.count("bytes", n_bytes))
    try RunBox.store(TrainingRun.deserialized(Array(bytes)), result)
  }
}

@c(qtg_run_free)
public func runFree(_ run: qtg_run) -> Int32 {
  always { () throws(TangentError) in try HandleTable.shared.remove(run, kind: .run) }
}
