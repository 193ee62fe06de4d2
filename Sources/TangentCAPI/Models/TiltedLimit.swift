public import CTangent
internal import TangentDynamics
internal import TangentNumerics
internal import TangentSimulation

/// The over-parameterised limit of training on one pure sample by exponential tilting: levels and weights
/// (n_levels), the label y, times (n_times) increasing and not negative; tau, residuals yhat - y, kernel
/// (K/Zsum), dqntk (mu/Zsum^2) and lambda (lambda/Zsum), all (n_times).
@c(qtg_dynamics_tilted)
public func dynamicsTilted(
  _ levels: UnsafePointer<Double>?, _ weights: UnsafePointer<Double>?, _ n_levels: Int64, _ y: Double,
  _ times: UnsafePointer<Double>?, _ n_times: Int64, _ rate: Double, _ cancel: qtg_cancel,
  _ tau: UnsafeMutablePointer<Double>?, _ residuals: UnsafeMutablePointer<Double>?,
  _ kernel: UnsafeMutablePointer<Double>?, _ dqntk: UnsafeMutablePointer<Double>?,
  _ lambda: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let count = try Arguments.count("times", n_times)
    try Memory.require(40 * count, "a limit at \(n_times) times")
    let levelCount = try Arguments.count("levels", n_levels)
    let input = try FlowInput(
      labels: [y], times: Arguments.doubles("times", times, count: count), rate: rate)
    let limit = try TiltedLimit(
      levels: Arguments.doubles("levels", levels, count: levelCount),
      weights: Arguments.doubles("weights", weights, count: levelCount), input, cancel: token)
    try Results.write(limit.tau, to: tau, "tau")
    try Results.write(limit.residuals, to: residuals, "residuals")
    try Results.write(limit.kernel, to: kernel, "kernel")
    try Results.write(limit.dqntk, to: dqntk, "dqntk")
    try Results.write(limit.lambda, to: lambda, "lambda")
  }
}

/// The distinct eigenvalues of the model's scaled observable: their number to n_levels, and they themselves,
/// ascending, to levels (capacity) unless it is null or capacity is less.
@c(qtg_model_levels)
public func modelLevels(
  _ model: qtg_model, _ capacity: Int64, _ cancel: qtg_cancel, _ levels: UnsafeMutablePointer<Double>?,
  _ n_levels: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let found = try MeasurementLevels(of: ModelBox.value(model), cancel: token).values
    try Arguments.nonNull("n_levels", n_levels).pointee = Int64(found.count)
    if let levels, capacity >= found.count { try Results.write(found, to: levels, "levels") }
  }
}

/// The weights of m samples on the levels of `qtg_model_levels` after the circuit, tr(P_k U rho_j U+): theta
/// (n_sets, n_params); weights (n_sets, m, n_levels).
@c(qtg_model_level_weights)
public func modelLevelWeights(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ n_levels: Int64, _ cancel: qtg_cancel, _ weights: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let levels = try MeasurementLevels(of: call.model, cancel: token)
    guard n_levels == levels.values.count else {
      throw .invalid("n_levels is \(n_levels), the observable has \(levels.values.count) levels")
    }
    let weights = try Arguments.nonNull("weights", weights)
    let p = call.theta.parameterCount
    for set in 0..<call.theta.setCount {
      let one = try ParameterSets(Array(call.theta.values[set * p..<(set + 1) * p]))
      let found = try levels.weights(one, call.data, cancel: call.cancel)
      try Results.write(found, to: weights + set * found.count, "weights")
    }
  }
}
