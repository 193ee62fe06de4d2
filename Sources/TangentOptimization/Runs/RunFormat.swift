import TangentNumerics

/// The one binary form of a run, for `save` and for checkpoints: everything the run was made from, where it
/// stands, and its record. Decoding rebuilds through the validating initialisers, so bytes from anywhere give a
/// run that works, or an error.
enum RunFormat<Problem: TrainingProblem> {
  /// - Parameter checkpointEvery: 0 in files that are not checkpoints.
  static func encode(_ run: Run<Problem>, checkpointEvery: Int) -> [UInt8] {
    var writer = ByteWriter()
    run.problem.encode(into: &writer)
    RunParts.write(run.options, checkpointEvery: checkpointEvery, to: &writer)
    writer.write(run.setCount)
    RunParts.write(run.position, to: &writer)
    writer.write(run.log.steps)
    for field in RecordLog.alwaysWritten { writer.write(run.log[keyPath: field]) }
    writer.write(run.options.axes.rawValue)
    if run.options.recording.fields.contains(.gradientNorm) { writer.write(run.log.gradientNorm) }
    if run.options.shots != nil { writer.write(run.log.measuredLoss) }
    // Came later, and stands at the end of files of runs that have one.
    run.options.schedule?.encode(into: &writer)
    return writer.bytes
  }

  /// - Parameter path: where a checkpoint goes on writing; nil for bytes that come from no file, which go on without one.
  static func decode(
    _ bytes: [UInt8], path: String?, cancel: CancelToken? = nil
  ) throws(TangentError) -> Run<Problem> {
    var reader = ByteReader(bytes, cancel: cancel)
    let problem = try Problem(from: &reader)
    var options = try RunParts.readOptions(from: &reader, path: path)
    let setCount = try reader.read(Int.self, "the number of parameter sets")
    let position = try RunParts.readPosition(from: &reader, setCount: setCount, p: problem.parameterCount)
    var log = RecordLog()
    log.steps = try reader.readInts("the recorded steps")
    for field in RecordLog.alwaysWritten { log[keyPath: field] = try reader.readDoubles("the record") }
    options.axes = ResultAxes(rawValue: try reader.read(UInt8.self, "the axes of results"))
    if options.recording.fields.contains(.gradientNorm) {
      log.gradientNorm = try reader.readDoubles("the gradient's norms")
    }
    if options.shots != nil { log.measuredLoss = try reader.readDoubles("the measured loss") }
    if reader.remaining > 0 { options.schedule = try LearningRateSchedule(from: &reader) }
    try reader.finish()

    let run = try Run(problem, parameters: position.parameters, setCount: setCount, options: options)
    guard log.fits(run, step: position.step) else {
      throw RunParts.corrupted("the record does not fit the run")
    }
    run.position = position
    run.log = log
    return run
  }
}

extension RecordLog {
  /// The gradient's norms, which came later, stand behind the rest of a file where they are recorded.
  fileprivate static let alwaysWritten: [WritableKeyPath<RecordLog, [Double]> & Sendable] = [
    \.loss, \.predictions, \.kernel, \.theta,
  ]

  /// Whether steps and lengths are those a run at `step` can have recorded.
  fileprivate func fits<Problem>(_ run: Run<Problem>, step: Int) -> Bool {
    let fields = run.options.recording.fields
    func width(_ field: RecordFields, _ count: Int) -> Int { fields.contains(field) ? count : 0 }
    let widths = [
      1, width(.predictions, run.problem.predictionCount), width(.kernel, run.problem.kernelCount),
      width(.theta, run.parameterCount), width(.gradientNorm, 1), width(.measuredLoss, 1),
    ]
    return zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 } && (steps.first ?? 0) >= 0
      && (steps.last ?? 0) <= step
      && zip(RecordLog.fields, widths).allSatisfy {
        self[keyPath: $0].count == steps.count * run.setCount * $1
      }
  }
}
