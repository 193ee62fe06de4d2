import TangentNumerics
import TangentSimulation
import TangentOptimization

/// One `advance`: [evaluate at theta_t, record if due, tell the observer, move to theta_(t+1)], and at the
/// last step everything but the move.
struct TrainingLoop {
  let run: TrainingRun
  let last: Int
  let cancel: CancelToken?
  let observer: TrainingObserver
  private var batches: MiniBatches?
  /// Where the parameters were one step ago.
  private var previous: TrainingRun.Position?
  /// The last evaluation, whose memory the next one takes over.
  private var result = GradientResult()
  private let startTime = monotonicSeconds()
  private var evaluationCount = 0
  private var progressTime = -Double.infinity

  private static let progressInterval = 0.01

  private struct Evaluation {
    var loss: [Double]
    var gradient: [Double]
    var point: RecordPoint?
    /// The samples of a mini-batch, nil for all.
    var rows: [Int]?
  }

  init(run: TrainingRun, last: Int, cancel: CancelToken?, observer: TrainingObserver) {
    self.run = run
    self.last = last
    self.cancel = cancel
    self.observer = observer
    if let size = run.options.batchSize, size < run.data.sampleCount {
      batches = MiniBatches(sampleCount: run.data.sampleCount, batchSize: size, seed: run.options.seed)
    }
  }

  mutating func advance() throws(TangentError) -> TrainingRun.Outcome {
    while true {
      let step = run.position.step
      let evaluation = try evaluate(at: step)
      run.log.put(evaluation.point, at: step)
      report(step, evaluation.loss)
      if let stops = observer.step?(step, evaluation.loss, run.position.theta), stops {
        if evaluation.point == nil { run.log.put(try run.evaluatePoint(cancel: cancel), at: step) }
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
    if let point = try? run.evaluatePoint(cancel: nil), point.loss.allSatisfy(\.isFinite) {
      run.log.put(point, at: point.step)
    }
  }

  /// With the full set at every step one call serves the optimizer and the record. With mini-batches the
  /// record needs a call of its own, and the last step no other.
  private mutating func evaluate(at step: Int) throws(TangentError) -> Evaluation {
    let isDue = step == last || run.options.recording.isDue(step)
    var evaluation: Evaluation
    if batches == nil {
      try run.gradient(
        rows: nil, wantsJacobian: isDue && run.options.recording.fields.contains(.kernel), into: &result,
        cancel: cancel)
      evaluation = Evaluation(loss: result.loss, gradient: result.gradient)
      if isDue {
        evaluation.point = run.point(
          loss: result.loss, predictions: result.predictions, jacobian: result.jacobian)
      }
    } else {
      let point = isDue ? try run.evaluatePoint(cancel: cancel) : nil
      if step == last, let point {
        evaluation = Evaluation(loss: point.loss, gradient: [], point: point)
      } else {
        let rows = batches?.rows(step: step)
        try run.gradient(rows: rows, wantsJacobian: false, into: &result, cancel: cancel)
        evaluation = Evaluation(loss: result.loss, gradient: result.gradient, point: point, rows: rows)
      }
    }
    evaluationCount += 1
    if let bad = evaluation.loss.first(where: { !$0.isFinite }) { throw diverged("the loss is \(bad)", step) }
    return evaluation
  }

  private mutating func move(_ evaluation: Evaluation) throws(TangentError) {
    // Two positions take turns, so that a step needs no memory for its parameters.
    let current = run.position
    var next = previous.take() ?? current
    next.theta.withUnsafeMutableBufferPointer { next in
      for k in next.indices { next[k] = current.theta[k] }
    }
    (next.step, next.rule) = (current.step, current.rule)
    switch next.rule {
    case .together(var optimizer):
      optimizer.update(&next.theta, gradient: evaluation.gradient)
      next.rule = .together(optimizer)
    case .apart(var optimizers):
      let p = run.model.circuit.parameterCount
      for set in optimizers.indices {
        let entries = set * p..<(set + 1) * p
        var theta = Array(next.theta[entries])
        try optimizers[set].step(
          &theta,
          start: LossGradient(loss: evaluation.loss[set], gradient: Array(evaluation.gradient[entries]))
        ) { (theta: [Double]) throws(TangentError) in
          try run.lossGradient(at: theta, cancel: cancel)
        }
        next.theta.replaceSubrange(entries, with: theta)
      }
      next.rule = .apart(optimizers)
    case .measured(let optimizer):
      let p = run.model.circuit.parameterCount
      let metrics = try run.model.fisherInformation(
        run.currentTheta, run.data, rows: evaluation.rows, cancel: cancel)
      for set in 0..<run.setCount {
        let entries = set * p..<(set + 1) * p
        var theta = Array(next.theta[entries])
        try optimizer.update(
          &theta, gradient: Array(evaluation.gradient[entries]),
          metric: Array(metrics[set * p * p..<(set + 1) * p * p]))
        next.theta.replaceSubrange(entries, with: theta)
      }
    }
    next.step += 1
    if let bad = next.theta.first(where: { !$0.isFinite }) {
      throw diverged("a parameter became \(bad)", next.step)
    }
    previous = current
    run.position = next
  }

  /// Goes back to the last step that was in order.
  private mutating func diverged(_ what: String, _ step: Int) -> TangentError {
    if let previous { run.position = previous }
    return TangentError(
      .numerical,
      "\(what) at step \(step); the run stands at step \(run.position.step): lower the rate, or start elsewhere"
    )
  }

  private mutating func report(_ step: Int, _ loss: [Double]) {
    guard let progress = observer.progress else { return }
    let now = monotonicSeconds()
    guard step == last || now - progressTime >= TrainingLoop.progressInterval else { return }
    progressTime = now
    progress(step, last, loss)
  }
}

private func monotonicSeconds() -> Double { 1e-9 * Double(monotonicNanoseconds()) }
