public import CTangent
internal import TangentNumerics
internal import TangentSimulation

/// The gradient of sum_ja weights_ja yhat_ja by the adjoint method, weights (n_sets, m, k): with respect to theta,
/// gradient (n_sets, n_params), and to the features, feature_gradient (n_sets, m, n_features of the samples), zero for
/// features that the circuit does not use. Either may be null, not both. Otherwise as qtg_model_predict.
@c(qtg_model_vjp)
public func modelVjp(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ weights: UnsafePointer<Double>?, _ cancel: qtg_cancel,
  _ gradient: UnsafeMutablePointer<Double>?, _ feature_gradient: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    if feature_gradient == nil { _ = try Arguments.nonNull("gradient", gradient) }
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let count = try Arguments.count(
      "weights", n_sets, Int64(call.data.sampleCount), Int64(call.model.outputCount))
    var wrt: Variables = []
    if gradient != nil { wrt.insert(.parameters) }
    if feature_gradient != nil { wrt.insert(.features) }
    let result = try call.model.vectorJacobianProduct(
      call.theta, call.data, weights: Arguments.doubles("weights", weights, count: count), wrt: wrt,
      cancel: call.cancel)
    if let gradient { try Results.write(result.gradient, to: gradient, "gradient") }
    if let feature_gradient {
      try Results.write(result.featureGradient, to: feature_gradient, "feature_gradient")
    }
  }
}

/// d yhat_ja / d x_jf by the adjoint method. As qtg_model_predict, and jacobian (n_sets, m, k, n_features of the
/// samples), zero for features that the circuit does not use; predictions may be null.
@c(qtg_model_feature_jacobian)
public func modelFeatureJacobian(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ chunk: Int64, _ cancel: qtg_cancel,
  _ predictions: UnsafeMutablePointer<Double>?,
  _ jacobian: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let jacobian = try Arguments.nonNull("jacobian", jacobian)
    try call.evaluate(chunk, predictions, jacobian: jacobian, wrt: .features)
  }
}

/// The quantum Fisher information of the output state with respect to the features, as qtg_model_fisher_information:
/// fisher (n_sets, n_features, n_features), n_features of the samples.
@c(qtg_model_feature_fisher_information)
public func modelFeatureFisherInformation(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ cancel: qtg_cancel, _ fisher: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let values = try call.model.fisherInformation(
      call.theta, call.data, wrt: .features, cancel: call.cancel)
    try Results.write(values, to: fisher, "fisher")
  }
}
