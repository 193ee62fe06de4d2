import TangentNumerics

/// One `advance`: [evaluate at theta_t, record if due, tell the observer, move to theta_(t+1)], and at the
/// last step everything but the move.
struct TrainingLoop<Problem: TrainingProblem> {
  let run: Run<Problem>
  let last: Int
  let cancel: CancelToken?
  let observer: TrainingObserver
  private var batches: MiniBatches?
  /// Where the parameters were one step ago.
  private var previous: RunPosition?
  private let scratch: Problem.Scratch
  private let startTime = monotonicSeconds()
  private var evaluationCount = 0
  private var progressTime = -Double.infinity

  private struct Evaluation {
    var loss: [Double]
    var gradient: [Double]
    var point: RecordPoint?
    /// The samples of a mini-batch, nil for all.
    var rows: [Int]?
  }

  init(run: Run<Problem>, last: Int, cancel: CancelToken?, observer: TrainingObserver) {
    self.run = run
    scratch = run.problem.makeScratch()
    self.last = last
    self.cancel = cancel
    self.observer = observer
    if let size = run.options.batchSize, size < run.problem.sampleCount {
      batches = MiniBatches(sampleCount: run.problem.sampleCount, batchSize: size, seed: run.options.seed)
    }
  }

  mutating func advance() throws(TangentError) -> RunOutcome {
    while true {
      let step = run.position.step
      let evaluation = try evaluate(at: step)
      run.log.put(evaluation.point, at: step)
      report(step, evaluation.loss)
      if let stops = observer.step?(step, evaluation.loss, run.position.parameters), stops {
        if evaluation.point == nil {
          run.log.put(try run.evaluatePoint(scratch: scratch, cancel: cancel), at: step)
        }
        return .stopped
      }
      if step == last { return .completed }
      try move(evaluation)
      if let every = run.options.checkpoint?.every, run.position.step % every == 0, run.position.step < last {
        try run.writeCheckpoint()
      }
    }
  }

  /// After an error the place where it stopped is recorded too, so that theta and record agree, unless
  /// evaluating the loss once more would hold up the caller.
  func recordWhereItStopped() {
    let evaluationTime = (monotonicSeconds() - startTime) / Double(evaluationCount)
    guard evaluationTime < 0.05, run.log.steps.last != run.position.step else { return }
    if let point = try? run.evaluatePoint(scratch: scratch, cancel: nil), point.loss.allSatisfy(\.isFinite) {
      run.log.put(point, at: point.step)
    }
  }

  /// With the full set at every step one call serves the optimizer and the record. With mini-batches the
  /// record needs a call of its own, and the last step no other.
  private mutating func evaluate(at step: Int) throws(TangentError) -> Evaluation {
    let isDue = step == last || run.options.recording.isDue(step)
    var evaluation: Evaluation
    if let shots = run.options.shots {
      evaluation = try measure(shots, at: step, isDue: isDue)
    } else if batches == nil {
      let values = try gradient(rows: nil, fields: isDue ? run.options.recording.fields : [])
      evaluation = Evaluation(loss: values.loss, gradient: values.gradient)
      if isDue { evaluation.point = run.point(values) }
    } else {
      let point = isDue ? try run.evaluatePoint(scratch: scratch, cancel: cancel) : nil
      if step == last, let point {
        evaluation = Evaluation(loss: point.loss, gradient: [], point: point)
      } else {
        let rows = batches?.rows(step: step)
        let values = try gradient(rows: rows, fields: [])
        evaluation = Evaluation(loss: values.loss, gradient: values.gradient, point: point, rows: rows)
      }
    }
    evaluationCount += 1
    if let bad = evaluation.loss.first(where: { !$0.isFinite }) { throw diverged("the loss is \(bad)", step) }
    return evaluation
  }

  /// The same with shots, those of a sample and a step being the same in a batch and in the record of all samples.
  private mutating func measure(_ shots: ShotCounts, at step: Int, isDue: Bool) throws(TangentError)
    -> Evaluation
  {
    let rows = step == last ? nil : batches?.rows(step: step)
    let found = try run.measure(shots, rows: rows, wantsGradient: step != last, cancel)
    var evaluation = Evaluation(loss: found.loss, gradient: found.gradient, rows: rows)
    if isDue {
      evaluation.point = try run.evaluatePoint(
        scratch: scratch, cancel: cancel, measuredLoss: rows == nil ? found.measuredLoss : nil)
    }
    return evaluation
  }

  private mutating func gradient(rows: [Int]?, fields: RecordFields) throws(TangentError) -> ProblemValues {
    try run.problem.gradient(
      run.position.parameters, setCount: run.setCount, rows: rows, fields: fields, scratch: scratch,
      cancel: cancel)
  }

  private mutating func move(_ evaluation: Evaluation) throws(TangentError) {
    // Two positions take turns, so that a step needs no memory for its parameters.
    let current = run.position
    var next = previous.take() ?? current
    next.parameters.withUnsafeMutableBufferPointer { next in
      for k in next.indices { next[k] = current.parameters[k] }
    }
    (next.step, next.rule) = (current.step, current.rule)
    let share = run.options.schedule?.factor(step: current.step) ?? 1
    switch next.rule {
    case .together(var optimizer):
      optimizer.update(&next.parameters, gradient: evaluation.gradient, share: share)
      next.rule = .together(optimizer)
    case .apart(var optimizers):
      let p = run.parameterCount
      for set in optimizers.indices {
        let entries = set * p..<(set + 1) * p
        var theta = Array(next.parameters[entries])
        try optimizers[set].step(
          &theta,
          start: LossGradient(loss: evaluation.loss[set], gradient: Array(evaluation.gradient[entries]))
        ) { (theta: [Double]) throws(TangentError) in
          try run.lossGradient(at: theta, scratch: scratch, cancel: cancel)
        }
        next.parameters.replaceSubrange(entries, with: theta)
      }
      next.rule = .apart(optimizers)
    case .measured(let optimizer):
      let p = run.parameterCount
      let metrics = try run.problem.metrics(
        current.parameters, setCount: run.setCount, rows: evaluation.rows, cancel: cancel)
      for set in 0..<run.setCount {
        let entries = set * p..<(set + 1) * p
        var theta = Array(next.parameters[entries])
        try optimizer.update(
          &theta, gradient: Array(evaluation.gradient[entries]),
          metric: Array(metrics[set * p * p..<(set + 1) * p * p]), share: share)
        next.parameters.replaceSubrange(entries, with: theta)
      }
    }
    next.step += 1
    if let bad = next.parameters.first(where: { !$0.isFinite }) {
      throw diverged("a parameter became \(bad)", next.step)
    }
    previous = current
    run.position = next
  }

  /// Goes back to the last step that was in order.
  private mutating func diverged(_ what: String, _ step: Int) -> TangentError {
    if let previous { run.position = previous }
    // Before the first step no rate has had its part in it.
    let remedy = step == 0 ? "start elsewhere" : "lower the rate, or start elsewhere"
    return TangentError(
      .numerical, "\(what) at step \(step); the run stands at step \(run.position.step): \(remedy)")
  }

  private mutating func report(_ step: Int, _ loss: [Double]) {
    guard let progress = observer.progress else { return }
    let now = monotonicSeconds()
    guard step == last || now - progressTime >= progressInterval else { return }
    progressTime = now
    progress(step, last, loss)
  }
}

private let progressInterval = 0.01

private func monotonicSeconds() -> Double { 1e-9 * Double(monotonicNanoseconds()) }
