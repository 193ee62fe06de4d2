public import CTangent
internal import TangentDynamics
internal import TangentNumerics
internal import TangentSimulation

/// The over-parameterised limit of training, dM/dt = -rate sum_j r_j [M, [M, rho_j]] from each parameter vector:
/// theta (n_sets, n_params), y (m), times (n_times) increasing and not negative; method: enum qtg_method.
/// predictions (n_sets, n_times, m); kernel (n_sets, n_times, m, m) receives the limit of K/Zsum and dqntk
/// (n_sets, n_times, m, m, m) that of mu/Zsum^2; both may be null.
@c(qtg_dynamics_asymptotic)
public func dynamicsAsymptotic(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ y: UnsafePointer<Double>?, _ times: UnsafePointer<Double>?,
  _ n_times: Int64, _ rate: Double, _ method: Int32, _ cancel: qtg_cancel,
  _ predictions: UnsafeMutablePointer<Double>?, _ kernel: UnsafeMutablePointer<Double>?,
  _ dqntk: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    guard let method = AsymptoticMethod(rawValue: method) else {
      throw .invalid("method is \(method), 0 (auto), 1 (reduced) or 2 (dense) is expected")
    }
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let m = call.data.sampleCount
    let predictions = try Arguments.nonNull("predictions", predictions)
    let kernels = try Arguments.count("kernel", n_sets, n_times, Int64(m), Int64(m))
    try Memory.require(8 * kernels, "kernels at \(n_times) times")
    if dqntk != nil {
      let tensors = try Arguments.count("dqntk", n_sets, n_times, Int64(m), Int64(m), Int64(m))
      try Memory.require(8 * tensors, "the dQNTK at \(n_times) times")
    }
    let input = try FlowInput(
      labels: Arguments.doubles("y", y, count: m),
      times: Arguments.doubles("times", times, count: Int(n_times)), rate: rate, wantsDQNTK: dqntk != nil)
    let (p, rows) = (call.theta.parameterCount, Int(n_times) * m)
    for set in 0..<call.theta.setCount {
      let one = try ParameterSets(Array(call.theta.values[set * p..<(set + 1) * p]))
      let limit = try call.model.asymptotic(one, call.data, input, method: method, cancel: call.cancel)
      try Results.write(limit.predictions, to: predictions + set * rows, "predictions")
      if let kernel { try Results.write(limit.kernels, to: kernel + set * rows * m, "kernel") }
      if let dqntk { try Results.write(limit.dqntk, to: dqntk + set * rows * m * m, "dqntk") }
    }
  }
}

/// The sublinear lower bound on the loss at normalised times, for m = n_samples pure samples with labels +-1:
/// loss (n_times). The scaled observable must have the eigenvalues +-1.
@c(qtg_dynamics_lower_bound)
public func dynamicsLowerBound(
  _ model: qtg_model, _ initial_loss: Double, _ times: UnsafePointer<Double>?, _ n_times: Int64,
  _ n_samples: Int64, _ loss: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let count = try Arguments.count("times", n_times)
    try Memory.require(8 * count, "losses at \(n_times) times")
    let times = try Arguments.doubles("times", times, count: count)
    let bound = try ModelBox.value(model).lossLowerBound(
      initialLoss: initial_loss, times: times, sampleCount: Int(n_samples))
    try Results.write(bound, to: loss, "loss")
  }
}

/// The over-parameterised limit from overlaps alone, for m = n_samples pure states V of any number of qubits and an
/// observable O with O^2 = 1: gram V+V and measured_gram V+OV, both (m, m) complex and without the scale; y (m),
/// times (n_times) increasing and not negative. predictions (n_times, m); kernel (n_times, m, m) and
/// dqntk (n_times, m, m, m) may be null.
@c(qtg_dynamics_asymptotic_gram)
public func dynamicsAsymptoticGram(
  _ gram: UnsafePointer<Double>?, _ measured_gram: UnsafePointer<Double>?, _ n_samples: Int64,
  _ scale: Double,
  _ y: UnsafePointer<Double>?, _ times: UnsafePointer<Double>?, _ n_times: Int64, _ rate: Double,
  _ cancel: qtg_cancel, _ predictions: UnsafeMutablePointer<Double>?,
  _ kernel: UnsafeMutablePointer<Double>?, _ dqntk: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let kernels = try Arguments.count("kernel", n_times, n_samples, n_samples)
    try Memory.require(8 * kernels, "kernels at \(n_times) times")
    if dqntk != nil {
      let tensors = try Arguments.count("dqntk", n_times, n_samples, n_samples, n_samples)
      try Memory.require(8 * tensors, "the dQNTK at \(n_times) times")
    }
    let flow = try ReducedFlow(
      gram: Arguments.matrix("gram", gram, dimension: n_samples),
      measured: Arguments.matrix("measured_gram", measured_gram, dimension: n_samples), scale: scale,
      cancel: token)
    let input = try FlowInput(
      labels: Arguments.doubles("y", y, count: Int(n_samples)),
      times: Arguments.doubles("times", times, count: Int(n_times)), rate: rate, wantsDQNTK: dqntk != nil)
    let limit = try flow.integrate(input, cancel: token)
    try Results.write(limit.predictions, to: predictions, "predictions")
    if let kernel { try Results.write(limit.kernels, to: kernel, "kernel") }
    if let dqntk { try Results.write(limit.dqntk, to: dqntk, "dqntk") }
  }
}

/// The limit of the dQNTK divided by Zsum^2 from the moments V+M^k V, k = 0 to 3, of m = n_samples pure states V:
/// moments (4, m, m) complex; dqntk (m, m, m).
@c(qtg_dynamics_limit_dqntk)
public func dynamicsLimitDQNTK(
  _ moments: UnsafePointer<Double>?, _ n_samples: Int64, _ cancel: qtg_cancel,
  _ dqntk: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let tensor = try Arguments.count("dqntk", n_samples, n_samples, n_samples)
    try Memory.require(8 * tensor, "the dQNTK")
    let (m, first) = (Int(n_samples), try Arguments.nonNull("moments", moments))
    let matrices = try (0..<4).map { (k) throws(TangentError) in
      try Arguments.matrix("moments", first + 2 * k * m * m, dimension: n_samples)
    }
    let second = LimitDQNTK(try .pure(m))
    try Results.write(second.tensor(moments: matrices, cancel: token), to: dqntk, "dqntk")
  }
}
