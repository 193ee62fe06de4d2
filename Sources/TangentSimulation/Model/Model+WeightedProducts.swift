import TangentNumerics

extension Model {
  /// The change of `vjp`'s gradients along a direction in parameters and features: the derivative of
  /// sum_ja weights_ja d yhat_ja, at weights that stay.
  ///
  /// - Parameters:
  ///   - weights: (sets, samples, outputs)
  ///   - direction: of the parameters, one for each set; nil if they stay.
  ///   - features: the direction of the features, (sets, samples, features); nil if they stay.
  /// - Returns: the change of the gradient in the parameters, (sets, parameters), summed over samples; and of that in the
  ///   features, (sets, samples, features), if `wantsFeatures`.
  /// - Throws: on lengths that do not match, numbers that are not finite, `outOfMemory`, `cancelled`.
  public func vjpProduct(
    _ theta: ParameterSets, _ data: InputData, weights: [Double], along direction: ParameterSets?,
    features: [Double]?, wantsFeatures: Bool, cancel: CancelToken? = nil
  ) throws(TangentError) -> (parameters: [Double], features: [Double]) {
    if let direction { try validate(theta, direction: direction) }
    let pairs = theta.setCount * data.sampleCount
    guard weights.count == pairs * outputCount else {
      throw .invalid("there are \(weights.count) weights, \(pairs * outputCount) are expected")
    }
    guard features.map({ $0.count == pairs * data.featureCount }) ?? true else {
      throw .invalid(
        "the direction of the features has \(features?.count ?? 0) entries, \(pairs * data.featureCount) are expected"
      )
    }
    var featureChange = [Double](repeating: 0, count: wantsFeatures ? pairs * data.featureCount : 0)
    // An array that is empty may have an address all the same.
    let change = try weights.withUnsafeBufferPointer { weights throws(TangentError) in
      try (direction?.values ?? []).withUnsafeBufferPointer { rows throws(TangentError) in
        try (features ?? []).withUnsafeBufferPointer { row throws(TangentError) in
          try featureChange.withUnsafeMutableBufferPointer { change throws(TangentError) in
            let directions = Directions(
              parameters: direction == nil ? .none : rows.baseAddress.map { .rows($0, perSet: 1) } ?? .none,
              features: features == nil ? nil : row.baseAddress, featureStride: data.featureCount)
            return try weightedProducts(
              theta, data, directions, count: 1, weights: .given(weights.baseAddress!),
              wrt: differentiable(features != nil || wantsFeatures ? [.parameters, .features] : .parameters),
              features: wantsFeatures ? change.baseAddress : nil, for: .vjpProduct, cancel)
          }
        }
      }
    }
    return (change, featureChange)
  }

  /// The changes along `count` directions of the gradients of all outputs, weighted and summed over samples. A loss's
  /// weights change as the predictions do, and its sum is a mean.
  ///
  /// Sums are taken in fixed chunks, so that the bits do not depend on the number of threads.
  /// - Parameter features: where the changes of the features' gradients go, (sets, samples, features), if there is one
  ///   direction.
  /// - Returns: (sets, count, parameters).
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  func weightedProducts(
    _ theta: ParameterSets, _ data: InputData, _ directions: Directions, count: Int,
    weights: OutputWeights,
    wrt variables: Variables, features: UnsafeMutablePointer<Double>?, for task: Task, _ cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    try validate(theta, data)
    try requireMemory(
      for: task, samples: data.sampleCount, sets: theta.setCount, hasStates: data.stateKind != .none,
      cancel: cancel)
    let engine = try predictionEngine(data, wrt: variables, cancel: cancel)
    let schedule = Schedule(theta, data, rows: nil)
    let chunks = GradientChunks(schedule, perSet: Model.chunksPerSet(directions: count))
    let parts = DirectionalSweep.parts(count)
    let size = count * circuit.parameterCount
    var partial = [Double](repeating: 0, count: chunks.bufferCount * size)
    partial.withUnsafeMutableBufferPointer { partial in
      let walks = DirectionalSweep.walks(directions: count, outputs: 1)
      run(
        engine, call(theta, data, schedule, cancel), tasks: chunks.taskCount * parts, sweeps: walks
      ) { runner, task in
        let (chunk, part) = task.quotientAndRemainder(dividingBy: parts)
        let numbers = DirectionalSweep.numbers(part, of: count)
        let products = WeightedProducts(
          runner: runner,
          sweep: DirectionalSweep(runner: runner, directions: directions, numbers: numbers, cancel: cancel),
          weights: weights, numbers: numbers, count: count)
        for unit in chunks.units(chunk) {
          products.add(unit, chunks, to: partial.baseAddress, features: features)
        }
      }
    }
    try cancel?.check()
    var result = [Double](repeating: 0, count: theta.setCount * size)
    chunks.reduce(partial, parameterCount: size, mean: weights.isLoss, into: &result)
    return result
  }

  /// Many directions make enough tasks, and their buffers are large.
  private static func chunksPerSet(directions: Int) -> Int {
    max(1, GradientChunks.perSet / max(1, DirectionalSweep.parts(directions)))
  }

  /// Doubles that such a call takes: the result, its parts, and what every thread's sweep holds.
  func weightedProductNumbers(_ plan: Plan, samples: Int, sets: Int, directions: Int) -> Double {
    let buffers = Double(sets) * Double(min(samples, Model.chunksPerSet(directions: directions)) + 1)
    return buffers * Double(directions) * Double(circuit.parameterCount)
      + directionalNumbers(plan, directions: directions)
  }
}
