import TangentNumerics

/// The sum of one chunk of samples along the directions of one sweep.
struct WeightedProducts {
  let runner: BlockRunner<Lane>
  let sweep: DirectionalSweep
  let weights: OutputWeights
  /// The sweep's directions among `count`.
  let numbers: Range<Int>
  let count: Int

  private var outputCount: Int { runner.outputCount }

  /// Adds the products of a unit to its buffers, each (count, parameters).
  func add(
    _ unit: Int, _ chunks: GradientChunks, to partial: UnsafeMutablePointer<Double>?,
    features: UnsafeMutablePointer<Double>?
  ) {
    let items = runner.schedule.items(unit)
    let k = outputCount
    withUnsafeTemporaryAllocation(of: Lane.self, capacity: k * (1 + numbers.count)) { memory in
      let (values, rates) = (memory.baseAddress!, memory.baseAddress! + k)
      memory.update(repeating: .zero)
      var isLoaded = false
      switch weights {
      case .given(let weights):
        for lane in 0..<Lane.scalarCount {
          for a in 0..<k { values[a][lane] = weights[items.positions[lane] * k + a] }
        }
      case .loss(let loss, _):
        predict(items, values, rates)
        weigh(items, loss, values, rates)
        // One block is where its predictions have left it.
        isLoaded = Array(runner.blocks(items)).count == 1
      }
      for block in runner.blocks(items) {
        if !isLoaded { sweep.forward(items, block: block) }
        sweep.seed(weights: values, rates: weights.isLoss ? rates : nil)
        sweep.backward()
        collect(unit, items, block, chunks, partial, features)
      }
    }
  }

  /// Predictions (outputs) and their derivatives (outputs, directions); a mixed sample's in all lanes alike.
  private func predict(
    _ items: Schedule.Items, _ values: UnsafeMutablePointer<Lane>, _ rates: UnsafeMutablePointer<Lane>
  ) {
    let (k, n) = (outputCount, numbers.count)
    let isMixed = runner.schedule.kind == .mixed
    withUnsafeTemporaryAllocation(of: Lane.self, capacity: n) { own in
      for block in runner.blocks(items) {
        sweep.forward(items, block: block)
        let factor = runner.factor(items, block)
        for a in 0..<k {
          let value = sweep.predict(a, derivatives: own.baseAddress!)
          values[a] += isMixed ? Lane(repeating: (value * factor).sum()) : value
          for v in 0..<n {
            rates[a * n + v] += isMixed ? Lane(repeating: (own[v] * factor).sum()) : own[v]
          }
        }
      }
    }
  }

  /// Predictions become the loss's weights, and their derivatives those of the weights.
  private func weigh(
    _ items: Schedule.Items, _ loss: any PredictionLoss, _ values: UnsafeMutablePointer<Lane>,
    _ rates: UnsafeMutablePointer<Lane>
  ) {
    let (k, n) = (outputCount, numbers.count)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * k) { memory in
      let predictions = memory.baseAddress!
      let (own, derivative, product) = (predictions + k, predictions + 2 * k, predictions + 3 * k)
      for lane in 0..<Lane.scalarCount {
        let sample = items.samples[lane]
        for a in 0..<k { predictions[a] = values[a][lane] }
        _ = loss.evaluate(sample: sample, predictions: predictions, weights: own)
        for a in 0..<k { values[a][lane] = own[a] }
        for v in 0..<n {
          for a in 0..<k { derivative[a] = rates[a * n + v][lane] }
          loss.curvature(
            sample: sample, predictions: predictions, direction: derivative, product: product)
          for a in 0..<k { rates[a * n + v][lane] = product[a] }
        }
      }
    }
  }

  private func collect(
    _ unit: Int, _ items: Schedule.Items, _ block: Int, _ chunks: GradientChunks,
    _ partial: UnsafeMutablePointer<Double>?, _ features: UnsafeMutablePointer<Double>?
  ) {
    let p = runner.space.parameterCount
    let factor = runner.factor(items, block)
    for (v, number) in numbers.enumerated() {
      let products = sweep.products(v)
      if let partial {
        if runner.schedule.kind == .pairs {
          for lane in 0..<items.count {
            let sum = partial + (chunks.buffer(unit: unit, lane: lane, items) * count + number) * p
            for q in 0..<p { sum[q] += products[q][lane] }
          }
        } else {
          let sum = partial + (chunks.buffer(unit: unit, lane: 0, items) * count + number) * p
          for q in 0..<p { sum[q] += (products[q] * factor).sum() }
        }
      }
      guard let features else { continue }
      let stride = runner.data.featureCount
      for f in 0..<runner.space.featureCount {
        runner.store(products[p + f], items, block, stride: stride, into: features + f)
      }
    }
  }
}

extension BlockRunner<Lane> {
  /// What the lanes of a block count in a sum: the weights of a mixed sample's eigenvectors; else one, and zero for lanes
  /// that only repeat the first.
  fileprivate func factor(_ items: Schedule.Items, _ block: Int) -> Lane {
    if schedule.kind == .mixed { return weights(items, block) }
    var factor = Lane.zero
    for lane in 0..<items.count { factor[lane] = 1 }
    return factor
  }
}
