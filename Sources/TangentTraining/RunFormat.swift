import TangentCircuits
import TangentNumerics
import TangentSimulation

/// The one binary form of a run, for `save` and for checkpoints: everything the run was made from, where it
/// stands, and its record. Decoding rebuilds through the validating initialisers, so bytes from anywhere give a
/// run that works, or an error.
enum RunFormat {
  static let file = FileFormat(name: "training run", magic: "QTANGRUN", version: 2)

  /// - Parameter checkpointEvery: 0 in files that are not checkpoints.
  static func encode(_ run: TrainingRun, checkpointEvery: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt8(run.model.precision.rawValue))
    writer.write(CircuitFormat.encode(run.model.circuit))
    writer.write(run.model.observables.count)
    for observable in run.model.observables { writer.write(CircuitFormat.encode(observable)) }
    writer.write(run.model.scale)
    write(run.data, to: &writer)
    write(run.targets, to: &writer)
    write(run.options, checkpointEvery: checkpointEvery, to: &writer)
    writer.write(run.setCount)
    write(run.position, to: &writer)
    writer.write(run.log.steps)
    for field in RecordLog.fields { writer.write(run.log[keyPath: field]) }
    writer.write(run.options.axes.rawValue)
    return writer.bytes
  }

  /// - Parameter path: where a checkpoint goes on writing.
  static func decode(_ bytes: [UInt8], path: String) throws(TangentError) -> TrainingRun {
    var reader = ByteReader(bytes)
    guard let precision = Precision(rawValue: Int32(try reader.read(UInt8.self, "the precision"))) else {
      throw corrupted("the precision is unknown")
    }
    let circuit = try CircuitFormat.decodeCircuit(try reader.readBytes("the circuit"))
    var observables: [Observable] = []
    for _ in 0..<(try reader.readCount(elementSize: 8, "the observables")) {
      observables.append(try CircuitFormat.decodeObservable(try reader.readBytes("an observable")))
    }
    let model = try Model(
      circuit: circuit, observables: observables, scale: try reader.readDouble("the scale"),
      precision: precision)
    let data = try readData(from: &reader)
    let targets = try readTargets(from: &reader)
    var options = try readOptions(from: &reader, path: path)
    let setCount = try reader.read(Int.self, "the number of parameter sets")
    let position = try readPosition(from: &reader, setCount: setCount, p: circuit.parameterCount)
    var log = RecordLog()
    log.steps = try reader.readInts("the recorded steps")
    for field in RecordLog.fields { log[keyPath: field] = try reader.readDoubles("the record") }
    options.axes = ResultAxes(rawValue: try reader.read(UInt8.self, "the axes of results"))
    try reader.finish()

    let theta = try ParameterSets(
      values: position.theta, setCount: setCount, parameterCount: circuit.parameterCount)
    let run = try TrainingRun(model: model, data: data, targets: targets, theta: theta, options: options)
    guard log.fits(run, step: position.step) else { throw corrupted("the record does not fit the run") }
    run.position = position
    run.log = log
    return run
  }

  static func corrupted(_ what: String) -> TangentError {
    TangentError(.corruptedFile, "damaged data: \(what)")
  }
}

extension RecordLog {
  /// Whether steps and lengths are those a run at `step` can have recorded.
  fileprivate func fits(_ run: TrainingRun, step: Int) -> Bool {
    let fields = run.options.recording.fields
    let (m, p) = (run.data.sampleCount, run.model.circuit.parameterCount)
    let widths = [
      1, fields.contains(.predictions) ? m * run.model.outputCount : 0, fields.contains(.kernel) ? m * m : 0,
      fields.contains(.theta) ? p : 0,
    ]
    return zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 } && (steps.first ?? 0) >= 0
      && (steps.last ?? 0) <= step
      && zip(RecordLog.fields, widths).allSatisfy {
        self[keyPath: $0].count == steps.count * run.setCount * $1
      }
  }
}
