import TangentNumerics

/// Which (parameter set, sample) pairs go through the circuit together, one a lane.
///
/// A unit is what one task computes: four samples of one set; or, when there are fewer than four samples, four pairs
/// of any sets; or one mixed sample with all its eigenvectors.
struct Schedule {
  enum Kind {
    case samples
    case pairs
    case mixed
  }

  /// One unit's pairs: `count` lanes are in use, the others repeat the first.
  struct Items {
    var count = 0
    var sets = SIMD4<Int>.zero
    var samples = SIMD4<Int>.zero
    /// Where the pair's results go: set * rows + row.
    var positions = SIMD4<Int>.zero
  }

  let kind: Kind
  let setCount: Int
  let rowCount: Int
  /// The samples of the call, or nil for all in order.
  let rows: [Int]?
  let unitsPerSet: Int
  let unitCount: Int

  init(_ theta: ParameterSets, _ data: InputData, rows: [Int]?) {
    setCount = theta.setCount
    rowCount = rows?.count ?? data.sampleCount
    self.rows = rows
    let width = Lane.scalarCount
    if data.stateKind == .mixed {
      kind = .mixed
      unitsPerSet = rowCount
      unitCount = setCount * rowCount
    } else if rowCount < width, setCount > 1 {
      kind = .pairs
      unitsPerSet = 0
      unitCount = (setCount * rowCount + width - 1) / width
    } else {
      kind = .samples
      unitsPerSet = (rowCount + width - 1) / width
      unitCount = setCount * unitsPerSet
    }
  }

  func items(_ unit: Int) -> Items {
    var result = Items()
    let width = Lane.scalarCount
    switch kind {
    case .mixed: place(set: unit / rowCount, row: unit % rowCount, in: &result, lane: 0)
    case .pairs:
      for pair in (unit * width)..<min((unit + 1) * width, setCount * rowCount) {
        place(set: pair / rowCount, row: pair % rowCount, in: &result, lane: pair - unit * width)
      }
    case .samples:
      let first = unit % unitsPerSet * width
      for row in first..<min(first + width, rowCount) {
        place(set: unit / unitsPerSet, row: row, in: &result, lane: row - first)
      }
    }
    for lane in result.count..<width {
      result.sets[lane] = result.sets[0]
      result.samples[lane] = result.samples[0]
      result.positions[lane] = result.positions[0]
    }
    return result
  }

  private func place(set: Int, row: Int, in items: inout Items, lane: Int) {
    items.sets[lane] = set
    items.samples[lane] = rows.map { $0[row] } ?? row
    items.positions[lane] = set * rowCount + row
    items.count = lane + 1
  }
}
