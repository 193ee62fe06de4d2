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
    let limit = MachineMemory.available
    guard size <= Double(limit) else {
      throw TangentError(
        .outOfMemory,
        "measured derivatives would take \(ByteCount(size)), \(ByteCount(limit)) are allowed; take fewer samples at a time"
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
    let own = entries.indices { sides.rotations.contains($0.rotation) }
    let places = keys.count * sides.rows.count
    let (p, width) = (parameterCount, sides.rotations.count * probes.outputCount)
    // Threads would contend for the reference counts of arrays.
    let found = entries[own].map { entry in
      Row(
        parameter: entry.parameter, feature: entry.feature,
        weight: 0.5 * entry.factor * frequencies[entry.rotation],
        place: (entry.rotation - sides.rotations.lowerBound) * probes.outputCount)
    }
    let threads = ThreadPool.current
    let nanoseconds = 2 * places * own.count * settings.count * DetectorSetting.nanosecondsPerDraw
    let workers = threads.workers(tasks: places, nanoseconds: nanoseconds)
    found.withUnsafeBufferPointer { found in
      sides.plus.withUnsafeBufferPointer { plus in
        sides.minus.withUnsafeBufferPointer { minus in
          nonisolated(unsafe) let (found, plus, minus, target) = (found, plus, minus, target)
          threads.run(tasks: places, workers: workers) { place, _ in
            let (set, row) = (place / sides.rows.count, sides.rows.lowerBound + place % sides.rows.count)
            let sample = rows?[row] ?? row
            for setting in settings.indices {
              let result = ((set * rowCount + row) * outputCount + settings[setting].output) * p
              measure(
                setting, found, firstEntry: own.lowerBound, plus.baseAddress! + place * width,
                minus.baseAddress! + place * width, shots, key: keys[set],
                stream: ShotKey.stream(sample: sample, setting: setting)
              ) { row, plus, minus in
                let weight =
                  row.feature < 0
                  ? row.weight : row.weight * data.features[sample * data.featureCount + row.feature]
                target.means[result + row.parameter] += weight * (plus.mean - minus.mean)
                target.variances[result + row.parameter] += weight * weight * (plus.variance + minus.variance)
              }
            }
          }
        }
      }
    }
  }

  /// An entry among those of some sides.
  private struct Row: BitwiseCopyable {
    let parameter: Int
    let feature: Int
    let weight: Double
    /// Of the expectations of its rotation.
    let place: Int
  }

  /// Measures one setting on both sides of all entries, at the expectations of one sample.
  private func measure(
    _ setting: Int, _ rows: UnsafeBufferPointer<Row>, firstEntry: Int, _ plus: UnsafePointer<Double>,
    _ minus: UnsafePointer<Double>, _ shots: Int?, key: UInt64, stream: UInt64,
    each: (Row, DetectorSetting.Moments, DetectorSetting.Moments) -> Void
  ) {
    guard let two = settings[setting].two, let shots else {
      withUnsafeTemporaryAllocation(of: Double.self, capacity: mostOutcomes + 1) { scratch in
        for (k, row) in rows.enumerated() {
          let found = [true, false].map { isPlus in
            var random = Philox(
              seed: key, stream: stream, position: ShotKey.Draw.side(of: firstEntry + k, isPlus: isPlus))
            return settings[setting].measure(
              (isPlus ? plus : minus) + row.place, shots: shots, &random, scratch: scratch.baseAddress!)
          }
          each(row, found[0], found[1])
        }
      }
      return
    }
    // Two entries at a time, of an odd number the last with itself.
    for k in stride(from: 0, to: rows.count, by: 2) {
      let next = min(k + 1, rows.count - 1)
      let (one, other) = (rows[k].place + two.probe, rows[next].place + two.probe)
      let chance = two.chance(SIMD4(plus[one], minus[one], plus[other], minus[other]))
      let positions = SIMD4<UInt64>(
        ShotKey.Draw.side(of: firstEntry + k, isPlus: true),
        ShotKey.Draw.side(of: firstEntry + k, isPlus: false),
        ShotKey.Draw.side(of: firstEntry + next, isPlus: true),
        ShotKey.Draw.side(of: firstEntry + next, isPlus: false))
      let counts = Philox.binomials(shots, chance, positions: positions, stream: stream, seed: key)
      // Expectations that overflowed stay visible.
      let shares = (counts / Double(shots)).replacing(with: .nan, where: chance .!= chance)
      each(rows[k], two.moments(shares[0], shots: shots), two.moments(shares[1], shots: shots))
      if next > k {
        each(rows[next], two.moments(shares[2], shots: shots), two.moments(shares[3], shots: shots))
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
