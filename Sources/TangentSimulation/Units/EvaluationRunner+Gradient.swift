import TangentNumerics

extension EvaluationRunner {
  /// Predictions, losses and gradient contributions of one unit.
  func gradient(_ unit: Int, loss: any PredictionLoss, chunks: GradientChunks, into target: GradientTarget) {
    let items = schedule.items(unit)
    let k = outputCount
    if schedule.kind == .mixed {
      mixedGradient(unit, items, loss, chunks, target)
      return
    }
    if k > 1, target.jacobian != nil {
      evaluate(unit, predictions: target.predictions, jacobian: target.jacobian)
    }
    forward(items, block: -1, returns: true)
    for a in 0..<k {
      let prediction = predict(a, returns: k == 1)
      for lane in 0..<items.count { target.predictions[items.positions[lane] * k + a] = prediction[lane] }
    }
    withUnsafeTemporaryAllocation(of: Numbers.self, capacity: k) { weights in
      fillWeights(items, loss, target, weights)
      if k == 1 {
        backward(unit, items, chunks, target, weight: weights[0])
      } else {
        seed(weights: weights)
        backward(unit, items, chunks, target, weight: Numbers(repeating: 1))
      }
    }
  }

  private func fillWeights(
    _ items: Schedule.Items, _ loss: any PredictionLoss, _ target: GradientTarget,
    _ weights: UnsafeMutableBufferPointer<Numbers>
  ) {
    let k = weights.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: k) { own in
      weights.update(repeating: .zero)
      for lane in 0..<items.count {
        let position = items.positions[lane]
        target.losses[position] = loss.evaluate(
          sample: items.samples[lane], predictions: target.predictions + position * k,
          weights: own.baseAddress!)
        for a in 0..<k { weights[a][lane] = own[a] }
      }
    }
  }

  /// One backward sweep from lambda; the rows times `weight` go into the unit's buffers.
  private func backward(
    _ unit: Int, _ items: Schedule.Items, _ chunks: GradientChunks, _ target: GradientTarget, weight: Numbers
  ) {
    let p = space.columns.count
    guard let partial = target.partial, p > 0 else { return }
    backward()
    let rows = row.baseAddress!
    if let jacobian = target.jacobian, outputCount == 1 { storeRows(items, stride: p, into: jacobian) }
    if schedule.kind == .pairs {
      for lane in 0..<items.count {
        let sum = partial + chunks.buffer(unit: unit, lane: lane, items) * p
        for q in 0..<p { sum[q] += rows[q][lane] * weight[lane] }
      }
    } else {
      let sum = partial + chunks.buffer(unit: unit, lane: 0, items) * p
      for q in 0..<p { sum[q] += (rows[q] * weight).sum() }
    }
  }

  /// A mixed sample's loss needs all its eigenvectors first, so its Jacobian rows are kept until then.
  private func mixedGradient(
    _ unit: Int, _ items: Schedule.Items, _ loss: any PredictionLoss, _ chunks: GradientChunks,
    _ target: GradientTarget
  ) {
    let k = outputCount
    let p = space.columns.count
    let position = items.positions[0]
    withUnsafeTemporaryAllocation(of: Double.self, capacity: k * p + k) { memory in
      memory.update(repeating: 0)
      let rows = target.jacobian.map { $0 + position * k * p } ?? memory.baseAddress!
      evaluate(unit, predictions: target.predictions, jacobian: rows - position * k * p)
      let weights = memory.baseAddress! + k * p
      target.losses[position] = loss.evaluate(
        sample: items.samples[0], predictions: target.predictions + position * k, weights: weights)
      guard let partial = target.partial else { return }
      let sum = partial + chunks.buffer(unit: unit, lane: 0, items) * p
      for a in 0..<k {
        for q in 0..<p { sum[q] += weights[a] * rows[a * p + q] }
      }
    }
  }
}
