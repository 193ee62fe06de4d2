import TangentNumerics

extension Model {
  /// The gradient of sum_ja w_ja yhat_ja with respect to parameters, features or both, by one backward sweep a sample
  /// (adjoint method).
  ///
  /// Sums over samples are taken in fixed chunks, so that the bits do not depend on the number of threads. The gradient
  /// of a sample's features depends on that sample alone.
  /// - Parameter weights: (sets, samples, outputs).
  /// - Throws: on lengths that do not match, weights that are not finite, `outOfMemory`, `cancelled`.
  public func vectorJacobianProduct(
    _ theta: ParameterSets, _ data: InputData, weights: [Double], wrt: Variables = [.parameters, .features],
    cancel: CancelToken? = nil
  ) throws(TangentError) -> VectorJacobianProduct {
    try validate(theta, data)
    let (m, p) = (data.sampleCount, circuit.parameterCount)
    let count = theta.setCount * m * outputCount
    guard weights.count == count else {
      throw .invalid(
        "\(weights.count) weights for \(theta.setCount) parameter sets, \(m) samples and \(outputCount) outputs, \(count) are expected"
      )
    }
    if let bad = weights.firstNonFinite {
      throw .invalid("weights[\(bad)] is \(weights[bad]); every entry must be finite")
    }
    let preparation = try GradientPreparation(
      self, theta, data, rows: nil, wantsJacobian: false, wrt: differentiable(wrt), cancel: cancel)
    let chunks = preparation.chunks
    let wantsParameters = wrt.contains(.parameters)
    let wantsFeatures = wrt.contains(.features)
    var predictions = [Double](repeating: 0, count: count)
    var gradient = [Double](repeating: 0, count: wantsParameters ? theta.setCount * p : 0)
    var features = [Double](
      repeating: 0, count: wantsFeatures ? theta.setCount * m * data.featureCount : 0)
    var partial = [Double](repeating: 0, count: wantsParameters ? chunks.bufferCount * p : 0)
    predictions.withUnsafeMutableBufferPointer { predictions in
      features.withUnsafeMutableBufferPointer { features in
        partial.withUnsafeMutableBufferPointer { partial in
          weights.withUnsafeBufferPointer { weights in
            let target = GradientTarget(
              predictions: predictions.baseAddress!, jacobian: nil,
              partial: partial.isEmpty ? nil : partial.baseAddress,
              features: circuit.featureCount > 0 && wantsFeatures ? features.baseAddress : nil)
            run(preparation, theta, data, .given(weights.baseAddress!), into: target, cancel)
          }
        }
      }
    }
    try cancel?.check()
    if wantsParameters { chunks.reduce(partial, parameterCount: p, mean: false, into: &gradient) }
    return VectorJacobianProduct(
      predictions: predictions, gradient: gradient, featureGradient: features)
  }

  /// The derivatives that a plan is asked for: a circuit without features has none for them.
  func differentiable(_ wrt: Variables) -> Variables { circuit.featureCount > 0 ? wrt : .parameters }
}
