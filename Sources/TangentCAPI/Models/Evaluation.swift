public import CTangent
internal import TangentCircuits
internal import TangentNumerics
internal import TangentSimulation
internal import TangentTraining

/// theta (n_sets, n_params); chunk: samples at a time, 0 for all at once; cancel: 0 for none. With m samples and k outputs
/// predictions (n_sets, m, k).
@c(qtg_model_predict)
public func modelPredict(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ chunk: Int64, _ cancel: qtg_cancel,
  _ predictions: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let predictions = try Arguments.nonNull("predictions", predictions)
    try call.evaluate(chunk, predictions, jacobian: nil)
  }
}

/// d yhat / d theta by the adjoint method. As qtg_model_predict, and jacobian (n_sets, m, k, n_params); predictions
/// may be null.
@c(qtg_model_jacobian)
public func modelJacobian(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ chunk: Int64, _ cancel: qtg_cancel,
  _ predictions: UnsafeMutablePointer<Double>?,
  _ jacobian: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let jacobian = try Arguments.nonNull("jacobian", jacobian)
    try call.evaluate(chunk, predictions, jacobian: jacobian)
  }
}

/// K = J J^T, summed over outputs, between samples (m) and samples2 (m2; samples themselves if 0):
/// kernel (n_sets, m, m2). With full 1 outputs stay apart: (n_sets, m, k, m2, k).
@c(qtg_model_tangent_kernel)
public func modelTangentKernel(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ samples2: qtg_samples, _ full: Int32, _ cancel: qtg_cancel,
  _ kernel: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let second = samples2 == 0 ? nil : try SamplesBox.value(samples2)
    let kernel = try Arguments.nonNull("kernel", kernel)
    let outputs = full != 0 ? call.model.outputCount : 1
    let entries = try Arguments.count(
      "kernel", n_sets, Int64(call.data.sampleCount * outputs),
      Int64((second ?? call.data).sampleCount * outputs))
    try Memory.require(8 * entries, "the kernel")
    let values = try call.model.tangentKernel(
      call.theta, call.data, second, full: full != 0, cancel: call.cancel)
    try Results.write(values, to: kernel, "kernel")
  }
}

/// U |psi> for pure input states, complex (n_sets, m, 2^n); U rho U^dagger for mixed ones, (n_sets, m, 2^n, 2^n).
@c(qtg_model_output_states)
public func modelOutputStates(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ cancel: qtg_cancel, _ states: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let states = try Arguments.nonNull("states", states)
    try Results.write(
      call.model.outputStates(call.theta, call.data, cancel: call.cancel), to: states, "states")
  }
}

/// The mean loss and its gradient over all samples: loss (n_sets), gradient (n_sets, n_params), which may be null.
@c(qtg_model_loss_gradient)
public func modelLossGradient(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ targets: UnsafePointer<qtg_targets>?, _ cancel: qtg_cancel,
  _ loss: UnsafeMutablePointer<Double>?, _ gradient: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let result = try call.model.gradient(
      call.theta, call.data, loss: call.loss(targets), cancel: call.cancel)
    try Results.write(result.loss, to: loss, "loss")
    if let gradient { try Results.write(result.gradient, to: gradient, "gradient") }
  }
}

/// The arguments that all evaluations share, checked by themselves; whether they fit the model and memory is for the
/// model's own calls to say.
struct Evaluation {
  let model: Model
  let theta: ParameterSets
  let data: InputData
  let cancel: CancelToken?

  init(
    _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
    _ samples: qtg_samples, _ cancel: CancelToken?
  ) throws(TangentError) {
    self.model = try ModelBox.value(model)
    self.theta = try Arguments.theta(theta, n_sets, n_params)
    self.data = try SamplesBox.value(samples)
    self.cancel = cancel
  }

  /// Predictions and Jacobian of all samples, straight into the caller's memory, `chunk` samples at a time.
  func evaluate(
    _ chunk: Int64, _ predictions: UnsafeMutablePointer<Double>?, jacobian: UnsafeMutablePointer<Double>?,
    wrt: Variables = .parameters
  ) throws(TangentError) {
    guard chunk >= 0 else {
      throw .invalid("chunk is \(chunk), it must be positive, or 0 for all samples at once")
    }
    let m = data.sampleCount
    let size = chunk == 0 ? m : Int(min(chunk, Int64(m)))
    for first in stride(from: 0, to: m, by: size) {
      try model.evaluate(
        theta, data, range: first..<min(first + size, m), predictions: predictions, jacobian: jacobian,
        wrt: wrt, cancel: cancel)
    }
    let count = theta.setCount * m * model.outputCount
    if let predictions { try Results.requireFinite(predictions, count, "predictions") }
    let width = wrt == .features ? data.featureCount : theta.parameterCount
    if let jacobian { try Results.requireFinite(jacobian, count * width, "jacobian") }
  }

  /// The loss that the targets stand for.
  func loss(_ targets: UnsafePointer<qtg_targets>?) throws(TangentError) -> any PredictionLoss {
    let (m, k) = (data.sampleCount, model.outputCount)
    return try Arguments.targets(targets, samples: m, outputs: k)
      .loss(sampleCount: m, outputCount: k, weights: Arguments.weights(targets, samples: m))
  }
}
