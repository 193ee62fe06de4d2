public import CTangent
internal import TangentNumerics
internal import TangentSimulation

/// The quantum Fisher information 4 Re(<d_k psi|d_l psi> - <d_k psi|psi><psi|d_l psi>) of the output state, a mean over
/// the samples, which must be pure. As qtg_model_predict, and fisher (n_sets, n_params, n_params).
@c(qtg_model_fisher_information)
public func modelFisherInformation(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ cancel: qtg_cancel, _ fisher: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let values = try call.model.fisherInformation(call.theta, call.data, cancel: call.cancel)
    try Results.write(values, to: fisher, "fisher")
  }
}

/// The same formula for the circuit on the mean of the samples' states, pure or mixed; features must come before the
/// first parameter.
@c(qtg_model_data_fisher_information)
public func modelDataFisherInformation(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ cancel: qtg_cancel, _ fisher: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let values = try call.model.dataFisherInformation(call.theta, call.data, cancel: call.cancel)
    try Results.write(values, to: fisher, "fisher")
  }
}

/// The dQNTK mu_abc = sum_kl (d_k d_l yhat_a) J_bk J_cl of a model with one output: mu (n_sets, m, m, m).
@c(qtg_model_dqntk)
public func modelDqntk(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ cancel: qtg_cancel, _ mu: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    try Results.write(call.model.dqntk(call.theta, call.data, cancel: call.cancel), to: mu, "mu")
  }
}
