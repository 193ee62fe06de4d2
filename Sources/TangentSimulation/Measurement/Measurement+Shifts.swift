import TangentNumerics

extension Measurement {
  /// Expectations with the angle of each rotation moved to either side by pi/2w: of some rows and rotations
  /// (sets, rows, rotations, probes).
  struct Sides {
    let rows: Range<Int>
    let rotations: Range<Int>
    var plus: [Double]
    var minus: [Double]

    init(sets: Int, rows: Range<Int>, rotations: Range<Int>, probes: Int) {
      self.rows = rows
      self.rotations = rotations
      plus = [Double](repeating: 0, count: sets * rows.count * rotations.count * probes)
      minus = plus
    }
  }

  /// Visits all rows and rotations, those that are kept at a time.
  func shifted(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, cancel: CancelToken?, visit: (Sides) -> Void
  ) throws(TangentError) {
    if frequencies.isEmpty { return }
    let theta = try padded(theta)
    let hasStates = data.stateKind != .none
    // A sweep there and one back for each probe, or as many forward as there are sides of rotations.
    if 1 + 2 * probes.outputCount <= 2 * frequencies.count,
      probes.engines.engine(for: .jacobian, hasStates: hasStates).isDensity,
      let swept = try sweptRotations(hasStates: hasStates, cancel)
    {
      return try sweep(theta, data, rows: rows, swept, cancel, visit)
    }
    try runForward(theta, data, rows: rows, cancel, visit)
  }

  /// As if the predictions at both sides lay around the middle of what can come out, where shots say least.
  func bounded(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, cancel: CancelToken?
  ) throws(TangentError) -> Sides {
    guard settings.allSatisfy(\.hasTwoOutcomes), settings.count <= outputCount else {
      throw .invalid(
        "the bound is for observables of which two values can come out, such as one Pauli string; use the parameter-shift rule"
      )
    }
    let (width, count) = (probes.circuit.parameterCount, probes.outputCount)
    let jacobian = try probes.jacobian(padded(theta), data, rows: rows, cancel: cancel).jacobian
    let rowCount = rows?.count ?? data.sampleCount
    var sides = Sides(
      sets: theta.setCount, rows: 0..<rowCount, rotations: frequencies.indices, probes: count)
    for setting in settings {
      let probe = setting.probes.lowerBound
      for place in 0..<theta.setCount * rowCount {
        for (rotation, frequency) in frequencies.enumerated() {
          let slope = jacobian[(place * count + probe) * width + parameterCount + rotation] / frequency
          let target = (place * frequencies.count + rotation) * count + probe
          sides.plus[target] = setting.middle + slope
          sides.minus[target] = setting.middle - slope
        }
      }
    }
    return sides
  }

  /// Where a sweep through density matrices moves a rotation; nil where the probes do not see it.
  private struct Swept {
    let number: Int
    let isTurned: Bool
  }

  /// That of every rotation, or nil where a sweep moves something else than they do.
  private func sweptRotations(hasStates: Bool, _ cancel: CancelToken?) throws(TangentError) -> [Swept?]? {
    guard frequencies.allSatisfy({ $0 == 1 }) else { return nil }
    var found = [Swept?](repeating: nil, count: frequencies.count)
    for occurrence in try probes.occurrences(hasStates: hasStates, cancel: cancel) {
      let rotation = occurrence.parameter - parameterCount
      guard rotation >= 0 else { continue }
      guard found[rotation] == nil, abs(occurrence.factor) == 1, occurrence.feature < 0 else { return nil }
      found[rotation] = Swept(number: occurrence.rotation, isTurned: occurrence.factor < 0)
    }
    return found
  }

  private func sweep(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, _ rotations: [Swept?], _ cancel: CancelToken?,
    _ visit: (Sides) -> Void
  ) throws(TangentError) {
    let rowCount = rows?.count ?? data.sampleCount
    let (count, q) = (probes.outputCount, frequencies.count)
    let size = max(1, blockNumbers / (theta.setCount * count * (4 * q + 1)))
    for first in stride(from: 0, to: rowCount, by: size) {
      let block = first..<min(first + size, rowCount)
      let found = try probes.shifts(
        theta, data, rows: block.count == data.sampleCount ? nil : block.map { rows?[$0] ?? $0 },
        cancel: cancel)
      let width = found.slopes.count / max(1, found.predictions.count)
      var sides = Sides(sets: theta.setCount, rows: block, rotations: 0..<q, probes: count)
      for place in 0..<theta.setCount * block.count {
        for probe in 0..<count {
          let here = place * count + probe
          for (rotation, swept) in rotations.enumerated() {
            let target = (place * q + rotation) * count + probe
            // What the probes do not see moves nothing.
            guard let swept else {
              sides.plus[target] = found.predictions[here]
              sides.minus[target] = found.predictions[here]
              continue
            }
            let centre = found.centres[here * width + swept.number]
            let slope = found.slopes[here * width + swept.number]
            sides.plus[target] = swept.isTurned ? centre - slope : centre + slope
            sides.minus[target] = swept.isTurned ? centre + slope : centre - slope
          }
        }
      }
      visit(sides)
    }
  }

  private func runForward(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, _ cancel: CancelToken?, _ visit: (Sides) -> Void
  ) throws(TangentError) {
    let (width, count) = (theta.parameterCount, probes.outputCount)
    let rowCount = rows?.count ?? data.sampleCount
    let size = max(1, blockNumbers / (2 * theta.setCount * (width + 2 * rowCount * count)))
    for first in stride(from: 0, to: frequencies.count, by: size) {
      let block = first..<min(first + size, frequencies.count)
      var moved: [Double] = []
      moved.reserveCapacity(2 * theta.setCount * block.count * width)
      for set in 0..<theta.setCount {
        for rotation in block {
          for sign in [1.0, -1] {
            moved += theta.values[set * width..<(set + 1) * width]
            moved[moved.count - frequencies.count + rotation] = sign * 0.5 * Double.pi / frequencies[rotation]
          }
        }
      }
      let sets = 2 * theta.setCount * block.count
      let found = try probes.predict(
        ParameterSets(values: moved, setCount: sets, parameterCount: width), data, rows: rows, cancel: cancel)
      var sides = Sides(sets: theta.setCount, rows: 0..<rowCount, rotations: block, probes: count)
      for set in 0..<theta.setCount {
        for k in 0..<block.count {
          for row in 0..<rowCount {
            let source = (2 * (set * block.count + k) * rowCount + row) * count
            let target = ((set * rowCount + row) * block.count + k) * count
            for probe in 0..<count {
              sides.plus[target + probe] = found[source + probe]
              sides.minus[target + probe] = found[source + rowCount * count + probe]
            }
          }
        }
      }
      visit(sides)
    }
  }
}

/// Numbers that are looked at at a time, 64 MB.
private let blockNumbers = 1 << 23
