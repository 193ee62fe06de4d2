import TangentNumerics

extension Measurement {
  /// (sets, rows, outputs) each.
  public struct Predictions: Sendable {
    public var exact: [Double]
    /// Measured, or exact where there are no shots.
    public var means: [Double]
    /// Unbiased estimates of the variances of the means, NaN for one shot; without shots the exact ones of one shot.
    public var variances: [Double]
  }

  /// What so many shots of each setting give, or without shots the exact means and variances.
  /// - Throws: as `Model.predict`.
  public func predictions(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, shots: Int?, key: ShotKey,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> Predictions {
    let expectations = try probes.predict(padded(theta), data, rows: rows, cancel: cancel)
    let rowCount = rows?.count ?? data.sampleCount
    let count = theta.setCount * rowCount * outputCount
    var result = Predictions(
      exact: [Double](repeating: 0, count: count), means: [], variances: [Double](repeating: 0, count: count))
    for k in 0..<count { result.exact[k] = constants[k % outputCount] }
    result.means = result.exact
    var scratch = [Double](repeating: 0, count: mostOutcomes + 1)
    expectations.withUnsafeBufferPointer { expectations in
      guard let first = expectations.baseAddress else { return }
      for set in 0..<theta.setCount {
        let own = key.ofSet(set)
        for row in 0..<rowCount {
          let place = set * rowCount + row
          for setting in settings.indices {
            let here = first + place * probes.outputCount
            let target = place * outputCount + settings[setting].output
            var random = Philox(
              seed: own, stream: ShotKey.stream(sample: rows?[row] ?? row, setting: setting),
              position: ShotKey.Draw.prediction)
            let exact = settings[setting].measure(here, shots: nil, &random, scratch: &scratch)
            let found =
              shots == nil
              ? exact : settings[setting].measure(here, shots: shots, &random, scratch: &scratch)
            result.exact[target] += exact.mean
            result.means[target] += found.mean
            result.variances[target] += found.variance
          }
        }
      }
    }
    return result
  }
}
