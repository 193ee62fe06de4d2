import TangentNumerics

/// Directions in the space of the variables z = (theta, x), numbered; every pair of set and sample may have its own.
struct Directions {
  enum Parameters {
    /// The parameters stay.
    case none
    /// (sets, number of directions, parameters)
    case rows(UnsafePointer<Double>, perSet: Int)
    /// Direction l is the unit vector of parameter l, for every set.
    case units
  }

  let parameters: Parameters
  /// (sets, samples, `featureStride`) for all directions alike; nil where the features stay.
  var features: UnsafePointer<Double>?
  var featureStride = 0

  /// Direction `number` of a unit's pairs, one a lane, for the variables that gradients are taken for.
  func load(
    _ number: Int, _ items: Schedule.Items, _ space: VariableSpace, into lanes: UnsafeMutablePointer<Lane>
  ) {
    let p = space.parameterCount
    lanes.update(repeating: .zero, count: space.gradientCount)
    switch parameters {
    case .none: break
    case .units: lanes[number] = Lane(repeating: 1)
    case .rows(let rows, let perSet):
      for lane in 0..<Lane.scalarCount {
        let row = rows + (items.sets[lane] * perSet + number) * p
        for q in 0..<p { lanes[q][lane] = row[q] }
      }
    }
    guard let features else { return }
    for lane in 0..<Lane.scalarCount {
      let row = features + items.positions[lane] * featureStride
      for f in 0..<space.featureCount { lanes[p + f][lane] = row[f] }
    }
  }
}
