import TangentNumerics
import TangentOptimization
import TangentSimulation

extension CircuitProblem {
  /// Loss and gradient as shots tell them (docs/maths.md, "Shots"): residuals and derivatives come from separate shots, so
  /// that the gradient has the exact one's mean; from the loss the mean of its noise is taken.
  public func measured(
    _ parameters: [Double], setCount: Int, rows: [Int]?, shots: ShotCounts, seed: UInt64, step: Int,
    wantsGradient: Bool, cancel: CancelToken?
  ) throws(TangentError) -> MeasuredValues {
    guard let measurement else { throw .invalid("the run was made without a measurement; give one") }
    let theta = try sets(parameters, setCount)
    let key = ShotKey(seed: seed, step: step)
    let found = try measurement.predictions(
      theta, data, rows: rows, shots: shots.predictions, key: key, cancel: cancel)
    let (k, rowCount) = (model.outputCount, rows?.count ?? data.sampleCount)
    var result = MeasuredValues(
      loss: [Double](repeating: 0, count: setCount), measuredLoss: [Double](repeating: 0, count: setCount))
    // (s, rows, k), the derivatives of the loss by predictions.
    var weights = [Double](repeating: 0, count: found.means.count)
    var scratch = [Double](repeating: 0, count: k)
    for place in 0..<setCount * rowCount {
      let sample = rows?[place % rowCount] ?? place % rowCount
      let entries = place * k..<(place + 1) * k
      result.loss[place / rowCount] += found.exact.withUnsafeBufferPointer {
        loss.evaluate(sample: sample, predictions: $0.baseAddress! + place * k, weights: &scratch)
      }
      result.measuredLoss[place / rowCount] += found.means.withUnsafeBufferPointer { means in
        weights.withUnsafeMutableBufferPointer {
          loss.evaluate(
            sample: sample, predictions: means.baseAddress! + place * k,
            weights: $0.baseAddress! + place * k)
        }
      }
      // Half the curvature times the variances is what noise adds to a loss of second order.
      found.variances.withUnsafeBufferPointer { variances in
        loss.curvature(
          sample: sample, predictions: variances.baseAddress! + place * k,
          direction: variances.baseAddress! + place * k, product: &scratch)
      }
      for a in 0..<k { result.measuredLoss[place / rowCount] -= 0.5 * scratch[a] }
      for entry in entries { weights[entry] /= Double(rowCount) }
    }
    for set in 0..<setCount {
      result.loss[set] /= Double(rowCount)
      result.measuredLoss[set] /= Double(rowCount)
    }
    guard wantsGradient else { return result }
    let jacobian: [Double]
    switch Measurement.Estimator(rawValue: shots.estimator) {
    case .exact: jacobian = try model.jacobian(theta, data, rows: rows, cancel: cancel).jacobian
    case let estimator:
      jacobian = try measurement.jacobian(
        theta, data, rows: rows, shots: shots.derivatives, isBound: estimator == .bound, key: key,
        cancel: cancel
      ).means
    }
    let p = parameterCount
    result.gradient = [Double](repeating: 0, count: setCount * p)
    for row in weights.indices {
      let (set, weight) = (row / (rowCount * k), weights[row])
      for l in 0..<p { result.gradient[set * p + l] += weight * jacobian[row * p + l] }
    }
    return result
  }

  /// - Throws: `invalidArgument` where shots cannot train this.
  func prepare(_ shots: ShotCounts) throws(TangentError) {
    guard measurement != nil else { throw .invalid("shots need a measurement; give one") }
    guard case .values = targets else {
      throw .invalid(
        "the gradient of a cross-entropy of measured predictions is biased; train with shots on the mean squared error (loss='mse')"
      )
    }
    guard Measurement.Estimator(rawValue: shots.estimator) != nil else {
      throw .invalid("the estimator is \(shots.estimator), 0 to 2 is expected")
    }
  }

  func requireFit(_ measurement: Measurement) throws(TangentError) {
    guard measurement.parameterCount == parameterCount, measurement.outputCount == model.outputCount else {
      throw .invalid(
        "the measurement is of \(measurement.parameterCount) parameters and \(measurement.outputCount) outputs, the model has \(parameterCount) and \(model.outputCount)"
      )
    }
  }

  /// About how long the shots of a step take.
  func measuringSeconds(_ setCount: Int) throws(TangentError) -> Double {
    guard let measurement else { return 0 }
    let runs = 2 * measurement.frequencies.count + 1
    let draws = data.sampleCount * setCount * (2 * measurement.entries.count + 1) * measurement.settings.count
    return Double(runs) * (try measurement.probes.forwardSeconds(data, sets: setCount)) + 2e-7 * Double(draws)
  }
}
