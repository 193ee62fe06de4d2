internal import CTangent
internal import TangentNumerics
internal import TangentTraining
internal import TangentOptimization

extension Arguments {
  static func options(_ pointer: UnsafePointer<qtg_run_options>?) throws(TangentError) -> TrainingOptions {
    let options = try structure("options", pointer)
    let known =
      QTG_RECORD_LOSS.rawValue | QTG_RECORD_PREDICTIONS.rawValue | QTG_RECORD_KERNEL.rawValue
      | QTG_RECORD_THETA.rawValue | QTG_RECORD_GRADIENT_NORM.rawValue
    let fields = UInt32(bitPattern: options.record)
    guard fields & ~known == 0 else {
      throw .invalid("options.record is \(options.record), it has unknown bits")
    }
    guard 0...3 ~= options.axes else { throw .invalid("options.axes is \(options.axes), 0 to 3 is expected") }
    guard options.batch_size >= 0 else {
      throw .invalid(
        "options.batch_size is \(options.batch_size), 0 for the full set or a positive number is expected")
    }
    let schedule: Recording.Schedule
    if let steps = options.record_steps {
      let count = try count("record_steps", options.n_record_steps)
      schedule = .steps(try buffer("record_steps", steps, count: count).map { Int($0) })
    } else {
      guard (1...(1 << 53)).contains(options.record_every) else {
        throw .invalid("options.record_every is \(options.record_every), it must be at least 1")
      }
      schedule = .every(Int(options.record_every))
    }
    var checkpoint: Checkpoint?
    if let path = options.checkpoint_path {
      checkpoint = Checkpoint(path: try text("checkpoint_path", path), every: Int(options.checkpoint_every))
    }
    return TrainingOptions(
      optimizer: try optimizer(options), schedule: try learningRateSchedule(options), seed: options.seed,
      batchSize: options.batch_size == 0 ? nil : Int(options.batch_size),
      recording: Recording(fields: RecordFields(rawValue: fields), schedule: schedule),
      checkpoint: checkpoint,
      axes: ResultAxes(rawValue: UInt8(options.axes)),
      shots: options.measurement == 0
        ? nil
        : ShotCounts(
          predictions: Int(options.shots), derivatives: Int(options.derivative_shots),
          estimator: options.estimator)
    )
  }

  /// What stays with a run of a circuit, unread.
  static func note(_ options: UnsafePointer<qtg_run_options>?) throws(TangentError) -> [UInt8] {
    let options = try structure("options", options)
    guard let note = options.note else { return [] }
    return Array(try buffer("note", note, count: count("note", options.n_note)))
  }

  static func learningRateSchedule(_ options: qtg_run_options) throws(TangentError) -> LearningRateSchedule? {
    if options.schedule == QTG_SCHEDULE_CONSTANT.rawValue { return nil }
    guard let decay = UInt8(exactly: options.schedule).flatMap(LearningRateSchedule.Decay.init) else {
      throw .invalid("options.schedule is \(options.schedule), 0 to 3 is expected")
    }
    return LearningRateSchedule(
      decay, steps: Int(options.schedule_steps), value: options.schedule_value,
      warmup: Int(options.schedule_warmup))
  }

  static func optimizer(_ options: qtg_run_options) throws(TangentError) -> any Optimizer {
    switch UInt32(bitPattern: options.optimizer) {
    case QTG_GRADIENT_DESCENT.rawValue: return GradientDescent(learningRate: options.learning_rate)
    case QTG_MOMENTUM.rawValue:
      return Momentum(learningRate: options.learning_rate, momentum: options.momentum)
    case QTG_ADAM.rawValue:
      return Adam(
        learningRate: options.learning_rate, beta1: options.beta1, beta2: options.beta2,
        epsilon: options.epsilon)
    case QTG_RMSPROP.rawValue:
      return RMSProp(learningRate: options.learning_rate, alpha: options.alpha, epsilon: options.epsilon)
    case QTG_LBFGS.rawValue: return LBFGS(memory: Int(options.memory))
    case QTG_GRADIENT_FLOW.rawValue: return GradientFlow(rate: options.rate, dt: options.dt)
    case QTG_NATURAL_GRADIENT.rawValue:
      return NaturalGradient(learningRate: options.learning_rate, damping: options.damping)
    default: throw .invalid("options.optimizer is \(options.optimizer), 0 to 6 is expected")
    }
  }
}
