import TangentNumerics
import TangentSimulation
import TangentOptimization
import TangentBounds

extension TrainingRun {
  /// What data, labels and rate already tell before training: labels outside the measurement's range or out of
  /// reach for these data, with how low the loss can get; a rate of gradient descent above the critical one.
  /// Empty when nothing is wrong.
  public func warnings(cancel: CancelToken? = nil) throws(TangentError) -> [String] {
    var result = try floorWarnings(cancel: cancel)
    if let warning = try rateWarning(cancel: cancel) { result.append(warning) }
    return result
  }

  /// About how many products `warnings` takes at most, besides output states and a Jacobian.
  public var warningProducts: Double {
    guard case .values = targets, problem.weights == nil else { return 0 }
    let isRated = options.optimizer is GradientDescent
    let rows = Double(data.sampleCount * model.outputCount)
    return model.lossFloorProducts(data)
      + (isRated ? 2000 * rows * Double(model.circuit.parameterCount * setCount) : 0)
  }

  private func floorWarnings(cancel: CancelToken?) throws(TangentError) -> [String] {
    let floor = try lossFloor(cancel: cancel)
    var result: [String] = []
    if let outside = floor.outside {
      let range = "[\(outside.range.lowerBound), \(outside.range.upperBound)]"
      result.append(
        "labels lie outside the range \(range) of scale * observable (sample \(outside.sample) has "
          + "\(target(outside.sample, outside.output))), so the loss cannot fall below "
          + "\(rounded(floor.outsideRange)); raise the scale")
    }
    if let loss = floor.loss, loss - floor.outsideRange > 1e-6 {
      result.append(
        "labels are out of reach for these data: \(conflict(floor.pair)); the loss cannot fall below "
          + "\(rounded(loss)), whatever the parameters")
    }
    return result
  }

  private func conflict(_ pair: LossFloor.Pair?) -> String {
    guard let pair else { return "no measurement with these eigenvalues tells the states so far apart" }
    let closeness =
      pair.distance < 1e-7
      ? "are equal" : "have states that overlap by \(rounded(1 - pair.distance * pair.distance))"
    return "samples \(pair.first) and \(pair.second) \(closeness) but carry the labels "
      + "\(target(pair.first, pair.output)) and \(target(pair.second, pair.output))"
  }

  private func target(_ sample: Int, _ output: Int) -> String {
    switch targets {
    case .values(let values): "\(values[sample * model.outputCount + output])"
    case .labels(let labels): "\(labels[sample])"
    }
  }

  private func rateWarning(cancel: CancelToken?) throws(TangentError) -> String? {
    guard case .values = targets, problem.weights == nil,
      let descent = options.optimizer as? GradientDescent
    else { return nil }
    let theta = try self.theta
    let jacobian: [Double]
    do throws(TangentError) {
      jacobian = try model.jacobian(theta, data, cancel: cancel).jacobian
    } catch {
      if error.kind == .outOfMemory { return nil }  // training itself gets by with less
      throw error
    }
    let width = jacobian.count / setCount
    var critical = Double.infinity
    for set in 0..<setCount {
      let rows = jacobian[set * width..<(set + 1) * width]
      // lambda_max(K) <= tr K shows most rates to be safe at once.
      let trace = rows.withUnsafeBufferPointer { $0.baseAddress.map { dotProduct($0, $0, width) } ?? 0 }
      if descent.learningRate * trace <= 2 * Double(data.sampleCount) { continue }
      critical = min(
        critical,
        criticalRate(
          jacobian: rows, rows: data.sampleCount * model.outputCount, sampleCount: data.sampleCount))
    }
    guard descent.learningRate > critical else { return nil }
    return "the learning rate \(descent.learningRate) is above the critical rate \(rounded(critical)) = "
      + "2 m / lambda_max(K) of the tangent kernel at the start; descent may oscillate or diverge, take less"
  }

  /// To three significant digits.
  private func rounded(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    var unit = 1.0
    while value / unit >= 1000 { unit *= 10 }
    while value / unit < 100 { unit /= 10 }
    let digits = (value / unit).rounded()
    return "\(unit < 1 ? digits / (1 / unit).rounded() : digits * unit)"
  }
}
