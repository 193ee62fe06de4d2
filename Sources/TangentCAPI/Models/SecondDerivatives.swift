public import CTangent
internal import TangentNumerics
internal import TangentSimulation
internal import TangentTraining

/// sum_l (d_k d_l yhat) v_l of every prediction, v the row of direction (n_sets, n_params) for the parameter set. As
/// qtg_model_predict, and products (n_sets, m, k, n_params).
@c(qtg_model_hessian_product)
public func modelHessianProduct(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ direction: UnsafePointer<Double>?, _ cancel: qtg_cancel,
  _ products: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let values = try call.model.hessianProduct(
      call.theta, call.data, along: call.direction(direction), cancel: call.cancel)
    try Results.write(values, to: products, "products")
  }
}

/// d_k d_l yhat of every prediction. As qtg_model_predict, and hessian (n_sets, m, k, n_params, n_params).
@c(qtg_model_hessian)
public func modelHessian(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ cancel: qtg_cancel, _ hessian: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let values = try call.model.hessian(call.theta, call.data, cancel: call.cancel)
    try Results.write(values, to: hessian, "hessian")
  }
}

/// The Hessian of the mean loss times a direction (n_sets, n_params), as in qtg_model_loss_gradient: product
/// (n_sets, n_params).
@c(qtg_model_loss_hessian_product)
public func modelLossHessianProduct(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ targets: UnsafePointer<qtg_targets>?,
  _ direction: UnsafePointer<Double>?, _ cancel: qtg_cancel, _ product: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let values = try call.model.lossHessianProduct(
      call.theta, call.data, loss: call.loss(targets), along: call.direction(direction), cancel: call.cancel)
    try Results.write(values, to: product, "product")
  }
}

/// The Hessian of the mean loss, as in qtg_model_loss_gradient: hessian (n_sets, n_params, n_params).
@c(qtg_model_loss_hessian)
public func modelLossHessian(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ targets: UnsafePointer<qtg_targets>?, _ cancel: qtg_cancel,
  _ hessian: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let values = try call.model.lossHessian(
      call.theta, call.data, loss: call.loss(targets), cancel: call.cancel)
    try Results.write(values, to: hessian, "hessian")
  }
}

/// The change of both gradients of sum_ja weights_ja yhat_ja along a direction in parameters and features: weights
/// (n_sets, m, k), direction (n_sets, n_params) and x_direction (n_sets, m, n_features), either of which may be null for
/// zero. theta_change (n_sets, n_params), summed over samples, and x_change (n_sets, m, n_features); what is null is not
/// wanted.
@c(qtg_model_vjp_product)
public func modelVjpProduct(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ weights: UnsafePointer<Double>?, _ direction: UnsafePointer<Double>?,
  _ x_direction: UnsafePointer<Double>?, _ cancel: qtg_cancel,
  _ theta_change: UnsafeMutablePointer<Double>?, _ x_change: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let m = Int64(call.data.sampleCount)
    let weights = try Arguments.doubles(
      "weights", weights, count: Arguments.count("weights", n_sets, m, Int64(call.model.outputCount)))
    let direction = direction == nil ? nil : try call.direction(direction)
    let features =
      x_direction == nil
      ? nil
      : try Arguments.doubles(
        "x_direction", x_direction,
        count: Arguments.count("x_direction", n_sets, m, Int64(call.data.featureCount)))
    let change = try call.model.vjpProduct(
      call.theta, call.data, weights: weights, along: direction, features: features,
      wantsFeatures: x_change != nil, cancel: call.cancel)
    if let theta_change { try Results.write(change.parameters, to: theta_change, "theta_change") }
    if let x_change { try Results.write(change.features, to: x_change, "x_change") }
  }
}

extension Evaluation {
  /// One direction in the parameters for every set.
  fileprivate func direction(_ values: UnsafePointer<Double>?) throws(TangentError) -> ParameterSets {
    try ParameterSets(
      values: Arguments.doubles("direction", values, count: theta.values.count), setCount: theta.setCount,
      parameterCount: theta.parameterCount)
  }
}
