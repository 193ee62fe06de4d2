import TangentNumerics
import TangentSimulation
import TangentOptimization

extension TrainingRun {
  /// Loss and gradient at the current parameters, of the samples `rows` or of all.
  func gradient(rows: [Int]?, wantsJacobian: Bool, into result: inout GradientResult, cancel: CancelToken?)
    throws(TangentError)
  {
    try model.gradient(
      try currentTheta, data, rows: rows, loss: loss, wantsJacobian: wantsJacobian, into: &result,
      cancel: cancel)
  }

  /// Loss and gradient on the full set of one set of parameters anywhere.
  func lossGradient(at theta: [Double], cancel: CancelToken?) throws(TangentError) -> LossGradient {
    let sets = try ParameterSets(values: theta, setCount: 1, parameterCount: theta.count)
    let result = try model.gradient(sets, data, rows: nil, loss: loss, wantsJacobian: false, cancel: cancel)
    return LossGradient(loss: result.loss[0], gradient: result.gradient)
  }

  /// The current step's entry of the record, on the full set.
  func evaluatePoint(cancel: CancelToken?) throws(TangentError) -> RecordPoint {
    let predictions: [Double]
    var jacobian: [Double]?
    if options.recording.fields.contains(.kernel) {
      (predictions, jacobian) = try model.jacobian(try currentTheta, data, cancel: cancel)
    } else {
      predictions = try model.predict(try currentTheta, data, cancel: cancel)
    }
    let width = predictions.count / setCount
    let losses = (0..<setCount).map {
      loss.mean(predictions: predictions[$0 * width..<($0 + 1) * width], outputCount: model.outputCount)
    }
    return point(loss: losses, predictions: predictions, jacobian: jacobian)
  }

  func point(loss: [Double], predictions: [Double], jacobian: [Double]?) -> RecordPoint {
    let fields = options.recording.fields
    return RecordPoint(
      step: position.step, loss: loss,
      predictions: fields.contains(.predictions) ? predictions : [],
      kernel: jacobian.map(tangentKernels) ?? [],
      theta: fields.contains(.theta) ? position.theta : [])
  }

  /// K = J J^T of every set, summed over outputs: (s, m, m) from (s, m, k, p).
  private func tangentKernels(_ jacobian: [Double]) -> [Double] {
    let m = data.sampleCount
    let length = jacobian.count / (setCount * m)
    let product = GramProduct(rows: m, columns: m, length: length, isSymmetric: true)
    var kernels = [Double](repeating: 0, count: setCount * m * m)
    for set in 0..<setCount {
      let first = set * m * length
      product.add(jacobian, from: first, jacobian, from: first, to: &kernels, at: set * m * m, stride: m)
    }
    return kernels
  }
}
