import TangentNumerics

/// What a call on a model brings to every worker.
struct Call {
  /// The factor of every prediction.
  let scale: Double
  let theta: ParameterSets
  let data: InputData
  let schedule: Schedule
  let cancel: CancelToken?
}
