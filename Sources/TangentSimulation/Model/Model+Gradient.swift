import TangentNumerics

extension Model {
  /// Compiles what `gradient` needs, so that whatever is wrong with circuit, parameters or data shows before the first
  /// step of a training.
  /// - Throws: on lengths that do not match, `outOfMemory`, `numerical` for generators.
  public func prepareGradient(_ theta: ParameterSets, _ data: InputData) throws(TangentError) {
    try validate(theta, data)
    _ = try predictionSimulator(theta, data, rows: data.sampleCount)
  }

  /// The mean loss over `rows` (all samples unless given) and its gradient.
  ///
  /// Sums over samples are taken in fixed chunks, so that the bits do not depend on the number of threads, and the
  /// gradient is the same whether the Jacobian is asked for or not.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func gradient(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, loss: some PredictionLoss,
    wantsJacobian: Bool = false, cancel: CancelToken? = nil
  ) throws(TangentError) -> GradientResult {
    var result = GradientResult()
    try gradient(
      theta, data, rows: rows, loss: loss, wantsJacobian: wantsJacobian, into: &result, cancel: cancel)
    return result
  }

  /// The same without new memory where `result` has it.
  public func gradient(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, loss: some PredictionLoss,
    wantsJacobian: Bool = false, into result: inout GradientResult, cancel: CancelToken? = nil
  ) throws(TangentError) {
    try validate(theta, data)
    let preparation: GradientPreparation
    if rows == nil, let kept = result.preparation,
      kept.serves(self, theta, data, wantsJacobian: wantsJacobian)
    {
      preparation = kept
    } else {
      preparation = try GradientPreparation(
        self, theta, data, rows: rows, wantsJacobian: wantsJacobian, cancel: cancel)
      result.preparation = rows == nil ? preparation : nil
    }
    let (schedule, chunks) = (preparation.schedule, preparation.chunks)
    let p = circuit.parameterCount
    let pairs = schedule.setCount * schedule.rowCount
    var predictions = zeros(&result.predictions, pairs * outputCount)
    var jacobian: [Double] = []
    if wantsJacobian { jacobian = [Double](repeating: 0, count: pairs * outputCount * p) }
    var losses = zeros(&result.losses, pairs)
    var partial = zeros(&result.partial, chunks.bufferCount * p)
    predictions.withUnsafeMutableBufferPointer { predictions in
      jacobian.withUnsafeMutableBufferPointer { jacobian in
        losses.withUnsafeMutableBufferPointer { losses in
          partial.withUnsafeMutableBufferPointer { partial in
            let target = GradientTarget(
              predictions: predictions.baseAddress!, jacobian: wantsJacobian ? jacobian.baseAddress : nil,
              partial: partial.baseAddress, features: nil)
            run(
              preparation, theta, data, .loss(loss, losses: losses.baseAddress!), into: target, cancel)
          }
        }
      }
    }
    try cancel?.check()
    result.loss = zeros(&result.loss, schedule.setCount)
    means(losses, schedule, into: &result.loss)
    result.gradient = zeros(&result.gradient, schedule.setCount * p)
    chunks.reduce(partial, parameterCount: p, mean: true, into: &result.gradient)
    result.predictions = predictions
    result.jacobian = wantsJacobian ? jacobian : nil
    (result.losses, result.partial) = (losses, partial)
  }

  /// Brings all units forward and back.
  func run(
    _ preparation: GradientPreparation, _ theta: ParameterSets, _ data: InputData, _ weights: OutputWeights,
    into target: GradientTarget, _ cancel: CancelToken?
  ) {
    let chunks = preparation.chunks
    let call = call(theta, data, preparation.schedule, cancel)
    run(preparation.simulator, call, tasks: chunks.taskCount, sweeps: 3) {
      runner, task in
      for unit in chunks.units(task) {
        if let cancel, cancel.isCancelled { return }
        runner.gradient(unit, weights: weights, chunks: chunks, into: target)
      }
    }
  }

  /// So many zeros, in the memory of `old` if its length is right.
  private func zeros(_ old: inout [Double], _ count: Int) -> [Double] {
    var taken: [Double] = []
    swap(&taken, &old)
    guard taken.count == count else { return [Double](repeating: 0, count: count) }
    taken.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    return taken
  }

  private func means(_ losses: [Double], _ schedule: Schedule, into result: inout [Double]) {
    let rows = schedule.rowCount
    for set in 0..<schedule.setCount {
      var sum = 0.0
      for row in (set * rows)..<((set + 1) * rows) { sum += losses[row] }
      result[set] = sum / Double(rows)
    }
  }
}
