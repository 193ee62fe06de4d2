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
  func evaluatePoint(scratch: Problem.Scratch, cancel: CancelToken?) throws(TangentError) -> RecordPoint {
    let fields = options.recording.fields
    if fields.contains(.gradientNorm) {
      return point(
        try problem.gradient(
          position.parameters, setCount: setCount, rows: nil, fields: fields, scratch: scratch, cancel: cancel
        ))
    }
    return point(
      try problem.values(
        position.parameters, setCount: setCount, fields: fields, scratch: scratch, cancel: cancel))
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
