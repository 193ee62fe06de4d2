import TangentNumerics

/// What every run's file holds beside the problem: options and position.
enum RunParts {
  static func write(_ options: TrainingOptions, checkpointEvery: Int, to writer: inout ByteWriter) {
    OptimizerFormat.write(options.optimizer, to: &writer)
    writer.write(options.seed)
    writer.write(options.batchSize ?? 0)
    writer.write(options.recording.fields.rawValue)
    switch options.recording.schedule {
    case .every(let n):
      writer.write(UInt8(0))
      writer.write([n])
    case .steps(let list):
      writer.write(UInt8(1))
      writer.write(list)
    }
    writer.write(checkpointEvery)
    options.shots?.encode(into: &writer)
  }

  static func readOptions(from reader: inout ByteReader, path: String?) throws(TangentError)
    -> TrainingOptions
  {
    let optimizer = try OptimizerFormat.read(from: &reader)
    let seed = try reader.read(UInt64.self, "the seed")
    let batchSize = try reader.read(Int.self, "the batch size")
    let fields = RecordFields(rawValue: try reader.read(UInt32.self, "the recorded fields"))
    let isList = try reader.readBool("the recording schedule")
    let steps = try reader.readInts("the recording schedule")
    guard isList || steps.count == 1 else {
      throw corrupted("the recording schedule has \(steps.count) periods")
    }
    let every = try reader.read(Int.self, "the checkpoint interval")
    let shots = fields.contains(.measuredLoss) ? try ShotCounts(from: &reader) : nil
    return TrainingOptions(
      optimizer: optimizer, seed: seed, batchSize: batchSize == 0 ? nil : batchSize,
      recording: Recording(fields: fields, schedule: isList ? .steps(steps) : .every(steps[0])),
      checkpoint: every == 0 ? nil : path.map { Checkpoint(path: $0, every: every) }, shots: shots)
  }

  static func write(_ position: RunPosition, to writer: inout ByteWriter) {
    writer.write(position.step)
    writer.write(position.parameters)
    let optimizers: [any Optimizer] =
      switch position.rule {
      case .together(let optimizer): [optimizer]
      case .apart(let optimizers): optimizers
      case .measured(let optimizer): [optimizer]
      }
    writer.write(optimizers.count)
    for optimizer in optimizers { OptimizerFormat.write(optimizer, to: &writer) }
  }

  static func readPosition(
    from reader: inout ByteReader, setCount: Int, p: Int
  ) throws(TangentError) -> RunPosition {
    let step = try reader.read(Int.self, "the step")
    guard step >= 0 else { throw corrupted("step \(step)") }
    let theta = try reader.readDoubles("the parameters")
    var optimizers: [any Optimizer] = []
    for _ in 0..<(try reader.readCount(elementSize: 1, "the optimizer states")) {
      optimizers.append(try OptimizerFormat.read(from: &reader))
    }
    let rule: RunRule
    if optimizers.count == 1, let optimizer = optimizers[0] as? any FirstOrderOptimizer {
      guard optimizer.fits(count: theta.count) else {
        throw corrupted("the optimizer state does not fit theta")
      }
      rule = .together(optimizer)
    } else if optimizers.count == 1, let optimizer = optimizers[0] as? any MetricOptimizer {
      rule = .measured(optimizer)
    } else {
      let evaluating = optimizers.compactMap { $0 as? any EvaluatingOptimizer }
      guard evaluating.count == optimizers.count, evaluating.count == setCount,
        evaluating.allSatisfy({ $0.fits(count: p) })
      else { throw corrupted("the optimizer states do not fit theta") }
      rule = .apart(evaluating)
    }
    return RunPosition(step: step, parameters: theta, rule: rule)
  }

  static func corrupted(_ what: String) -> TangentError {
    TangentError(.corruptedFile, "damaged data: \(what)")
  }
}
