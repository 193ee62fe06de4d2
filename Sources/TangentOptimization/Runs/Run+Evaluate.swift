import TangentNumerics

extension Run {
  /// Loss and gradient on the full set of one set of parameters anywhere.
  func lossGradient(
    at parameters: [Double], scratch: Problem.Scratch, cancel: CancelToken?
  ) throws(TangentError) -> LossGradient {
    let values = try problem.gradient(
      parameters, setCount: 1, rows: nil, fields: [], scratch: scratch, cancel: cancel)
    return LossGradient(loss: values.loss[0], gradient: values.gradient)
  }

  /// The current step's entry of the record, on the full set.
  /// - Parameter measuredLoss: where shots have already told it.
  func evaluatePoint(
    scratch: Problem.Scratch, cancel: CancelToken?, measuredLoss: [Double]? = nil
  ) throws(TangentError) -> RecordPoint {
    let fields = options.recording.fields
    let values =
      if fields.contains(.gradientNorm) {
        try problem.gradient(
          position.parameters, setCount: setCount, rows: nil, fields: fields, scratch: scratch, cancel: cancel
        )
      } else {
        try problem.values(
          position.parameters, setCount: setCount, fields: fields, scratch: scratch, cancel: cancel)
      }
    var point = point(values)
    if let measuredLoss {
      point.measuredLoss = measuredLoss
    } else if let shots = options.shots {
      point.measuredLoss = try measure(shots, rows: nil, wantsGradient: false, cancel).measuredLoss
    }
    return point
  }

  /// What shots tell at the current step.
  func measure(
    _ shots: ShotCounts, rows: [Int]?, wantsGradient: Bool, _ cancel: CancelToken?
  ) throws(TangentError) -> MeasuredValues {
    try problem.measured(
      position.parameters, setCount: setCount, rows: rows, shots: shots, seed: options.seed,
      step: position.step, wantsGradient: wantsGradient, cancel: cancel)
  }

  func point(_ values: ProblemValues) -> RecordPoint {
    let fields = options.recording.fields
    return RecordPoint(
      step: position.step, loss: values.loss, predictions: values.predictions, kernel: values.kernel,
      parameters: fields.contains(.theta) ? position.parameters : [],
      gradientNorm: fields.contains(.gradientNorm) ? norms(values.gradient) : [])
  }

  private func norms(_ gradient: [Double]) -> [Double] {
    (0..<setCount).map { set in
      var square = 0.0
      for k in set * parameterCount..<(set + 1) * parameterCount { square += gradient[k] * gradient[k] }
      return square.squareRoot()
    }
  }
}
