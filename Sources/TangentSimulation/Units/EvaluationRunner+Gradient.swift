import TangentNumerics

extension EvaluationRunner {
  /// Predictions and gradient contributions of one unit.
  func gradient(_ unit: Int, weights: OutputWeights, chunks: GradientChunks, into target: GradientTarget) {
    let items = schedule.items(unit)
    let k = outputCount
    if schedule.kind == .mixed {
      mixedGradient(unit, items, weights, chunks, target)
      return
    }
    if k > 1, target.jacobian != nil {
      evaluate(unit, predictions: target.predictions, jacobian: target.jacobian)
    }
    forward(items, block: -1, returns: true)
    turn(returns: true)
    for a in 0..<k {
      let prediction = predict(a, returns: k == 1)
      for lane in 0..<items.count { target.predictions[items.positions[lane] * k + a] = prediction[lane] }
    }
    withUnsafeTemporaryAllocation(of: Numbers.self, capacity: k) { lanes in
      fill(lanes, items, weights, target)
      if k == 1 {
        backward(unit, items, chunks, target, weight: lanes[0])
      } else {
        seed(weights: lanes)
        backward(unit, items, chunks, target, weight: Numbers(repeating: 1))
      }
    }
  }

  private func fill(
    _ lanes: UnsafeMutableBufferPointer<Numbers>, _ items: Schedule.Items, _ weights: OutputWeights,
    _ target: GradientTarget
  ) {
    let k = lanes.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: k) { own in
      lanes.update(repeating: .zero)
      weights.fill(own.baseAddress!, count: k, items, predictions: target.predictions) { lane in
        for a in 0..<k { lanes[a][lane] = own[a] }
      }
    }
  }

  /// One backward sweep from lambda; the rows times `weight` go into the unit's buffers.
  private func backward(
    _ unit: Int, _ items: Schedule.Items, _ chunks: GradientChunks, _ target: GradientTarget, weight: Numbers
  ) {
    guard !space.columns.isEmpty else { return }
    backward()
    if let jacobian = target.jacobian, outputCount == 1 {
      storeRows(row, items, stride: rowWidth, into: jacobian)
    }
    let (rows, p) = (gradients, space.parameterCount)
    if let partial = target.partial {
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
    if let features = target.features {
      let own = UnsafeMutableBufferPointer(start: rows + p, count: space.featureCount)
      for f in own.indices { own[f] *= weight }
      storeRows(own, items, stride: data.featureCount, into: features)
    }
  }

  /// A mixed sample's weights may need all its eigenvectors first, so its Jacobian rows are kept until then.
  private func mixedGradient(
    _ unit: Int, _ items: Schedule.Items, _ weights: OutputWeights, _ chunks: GradientChunks,
    _ target: GradientTarget
  ) {
    let (k, width) = (outputCount, rowWidth)
    let position = items.positions[0]
    withUnsafeTemporaryAllocation(of: Double.self, capacity: k * width + k) { memory in
      memory.update(repeating: 0)
      let rows = target.jacobian.map { $0 + position * k * width } ?? memory.baseAddress!
      evaluate(unit, predictions: target.predictions, jacobian: rows - position * k * width)
      let own = memory.baseAddress! + k * width
      weights.fill(own, count: k, items, predictions: target.predictions) { _ in }
      func add(_ columns: Range<Int>, to sum: UnsafeMutablePointer<Double>) {
        let row = rows + (columns.lowerBound - space.columns.lowerBound)
        for a in 0..<k {
          for q in 0..<columns.count { sum[q] += own[a] * row[a * width + q] }
        }
      }
      let p = space.parameterCount
      if let partial = target.partial {
        add(0..<p, to: partial + chunks.buffer(unit: unit, lane: 0, items) * p)
      }
      if let features = target.features { add(p..<space.count, to: features + position * data.featureCount) }
    }
  }
}
