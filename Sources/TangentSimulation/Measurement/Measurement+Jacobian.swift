import TangentNumerics

extension Measurement {
  /// Where the shots of derivatives are.
  public enum Estimator: Int32, Sendable {
    /// On both sides of every angle.
    case parameterShift = 0
    /// The same as if the mean of both sides were the middle of what can come out.
    case bound = 1
    /// Derivatives are exact.
    case exact = 2
  }

  /// Measured derivatives (sets, rows, outputs, parameters) of so many shots of each setting on each side of each entry, and
  /// unbiased estimates of their variances, NaN for one shot; without shots exact ones and the exact variances of one shot.
  ///
  /// d yhat / d theta_l = sum over its entries of factor w/2 (f(+) - f(-)) (docs/maths.md, "Shots").
  /// - Throws: `invalidArgument` for bounds of observables with more than two outcomes; else as `Model.jacobian`.
  public func jacobian(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, shots: Int?,
    isBound: Bool = false, key: ShotKey, cancel: CancelToken? = nil
  ) throws(TangentError) -> (means: [Double], variances: [Double]) {
    let rowCount = rows?.count ?? data.sampleCount
    let size = 16.0 * Double(theta.setCount) * Double(rowCount) * Double(outputCount) * Double(parameterCount)
    guard size <= Double(MachineMemory.limit) else {
      throw TangentError(
        .outOfMemory,
        "measured derivatives would take \(ByteCount(size)), \(ByteCount(MachineMemory.limit)) are allowed; take fewer samples at a time"
      )
    }
    let count = theta.setCount * rowCount * outputCount * parameterCount
    var means = [Double](repeating: 0, count: count)
    var variances = means
    let keys = (0..<theta.setCount).map { key.ofSet($0) }
    let visit: (Sides) -> Void = { sides in
      means.withUnsafeMutableBufferPointer { means in
        variances.withUnsafeMutableBufferPointer { variances in
          guard let first = means.baseAddress, let second = variances.baseAddress else { return }
          add(sides, data, rows, rowCount: rowCount, shots, keys, to: (first, second))
        }
      }
    }
    if isBound {
      visit(try bounded(theta, data, rows: rows, cancel: cancel))
    } else {
      try shifted(theta, data, rows: rows, cancel: cancel, visit: visit)
    }
    return (means, variances)
  }

  /// Adds what is measured on both sides of some rotations. Every row has a place of its own, which threads take.
  private func add(
    _ sides: Sides, _ data: InputData, _ rows: [Int]?, rowCount: Int, _ shots: Int?, _ keys: [UInt64],
    to target: (means: UnsafeMutablePointer<Double>, variances: UnsafeMutablePointer<Double>)
  ) {
    nonisolated(unsafe) let target = target
    let own = entries.indices { sides.rotations.contains($0.rotation) }
    let places = keys.count * sides.rows.count
    let (p, width) = (parameterCount, sides.rotations.count * probes.outputCount)
    let threads = ThreadPool.current
    let nanoseconds = 2 * places * own.count * settings.count * DetectorSetting.nanosecondsPerDraw
    threads.run(tasks: places, workers: threads.workers(tasks: places, nanoseconds: nanoseconds)) {
      place, _ in
      let (set, row) = (place / sides.rows.count, sides.rows.lowerBound + place % sides.rows.count)
      let sample = rows?[row] ?? row
      let start = (set * rowCount + row) * outputCount * p
      withUnsafeTemporaryAllocation(of: Double.self, capacity: mostOutcomes + 1) { scratch in
        for number in own {
          let entry = entries[number]
          var weight = 0.5 * entry.factor * frequencies[entry.rotation]
          if entry.feature >= 0 { weight *= data.features[sample * data.featureCount + entry.feature] }
          let at = place * width + (entry.rotation - sides.rotations.lowerBound) * probes.outputCount
          for setting in settings.indices {
            let entryOfResult = start + settings[setting].output * p + entry.parameter
            for isPlus in [true, false] {
              var random = ShotKey.random(
                keys[set], sample: sample, setting: setting, .entry(number, isPlus: isPlus))
              let found = (isPlus ? sides.plus : sides.minus).withUnsafeBufferPointer {
                settings[setting].measure(
                  $0.baseAddress! + at, shots: shots, &random, scratch: scratch.baseAddress!)
              }
              target.means[entryOfResult] += (isPlus ? weight : -weight) * found.mean
              target.variances[entryOfResult] += weight * weight * found.variance
            }
          }
        }
      }
    }
  }
}

extension [Measurement.Entry] {
  /// The range of those that go with some rotations, which stand together.
  fileprivate func indices(_ belongs: (Measurement.Entry) -> Bool) -> Range<Int> {
    guard let first = firstIndex(where: belongs), let last = lastIndex(where: belongs) else { return 0..<0 }
    return first..<last + 1
  }
}
