public import CTangent
internal import TangentNumerics
internal import TangentSimulation

/// Every place where a parameter that the observables see enters a rotation exp(-i phi P/2), rotation by rotation, so many as
/// length receives and capacity allows: indices (length, 3) of the rotation among those of qtg_model_shifts, the parameter, and
/// a feature or -1; factors (length), with d phi / d parameter the factor, times the feature if there is one.
/// Null buffers with capacity 0 only ask. has_states is 1 for samples with input states. An error unless the model
/// simulates density matrices.
@c(qtg_model_occurrences)
public func modelOccurrences(
  _ model: qtg_model, _ has_states: Int32, _ indices: UnsafeMutablePointer<Int64>?,
  _ factors: UnsafeMutablePointer<Double>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let found = try ModelBox.value(model).occurrences(hasStates: has_states != 0)
    try Results.write(found.map(\.factor), factors, capacity, length)
    guard factors != nil else { return }
    let indices = try Arguments.nonNull("indices", indices)
    for (k, one) in found.enumerated() {
      indices[3 * k] = Int64(one.rotation)
      indices[3 * k + 1] = Int64(one.parameter)
      indices[3 * k + 2] = Int64(one.feature)
    }
  }
}

/// Predictions (n_sets, m, k), and along the angle of any rotation f(phi + delta) = centre + (f - centre) cos delta +
/// slope sin delta: slopes and centres (n_sets, m, k, r) of the r rotations of qtg_model_occurrences. An error unless the
/// model simulates density matrices.
@c(qtg_model_shifts)
public func modelShifts(
  _ model: qtg_model, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ cancel: qtg_cancel, _ predictions: UnsafeMutablePointer<Double>?,
  _ slopes: UnsafeMutablePointer<Double>?, _ centres: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let call = try Evaluation(model, theta, n_sets, n_params, samples, token)
    let found = try call.model.shifts(call.theta, call.data, cancel: call.cancel)
    try Results.write(found.predictions, to: predictions, "predictions")
    try Results.write(found.slopes, to: slopes, "slopes")
    try Results.write(found.centres, to: centres, "centres")
  }
}
