import TangentNumerics

/// Which (parameter set, sample) pairs go through the circuit together, one a lane.
///
/// A unit is what one task computes: as many samples of one set as there are lanes; or, when there are fewer samples than
/// that, pairs of any sets; or one mixed sample with all its eigenvectors, unless states are density matrices anyway. Where one or two states fill the lanes, a unit is
/// one or two samples.
struct Schedule {
  enum Kind {
    case samples
    case pairs
    case mixed
    case single
  }

  /// One unit's pairs: `count` lanes are in use, the others repeat the first.
  struct Items {
    var count = 0
    var sets = SIMD8<Int>.zero
    var samples = SIMD8<Int>.zero
    /// Where the pair's results go: set * positionsPerSet + row.
    var positions = SIMD8<Int>.zero
  }

  let kind: Kind
  let setCount: Int
  let rowCount: Int
  /// Samples picked by the caller; otherwise `rowCount` in order from `firstRow`.
  private let rows: [Int]?
  private let firstRow: Int
  private let positionsPerSet: Int
  /// Pairs of a unit at most.
  private let width: Int
  let unitsPerSet: Int
  let unitCount: Int

  /// The samples `rows`, or all; results are laid out for these samples alone.
  init(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, statesPerUnit: Int = Lane.scalarCount,
    takesMixedStates: Bool = false
  ) {
    let count = rows?.count ?? data.sampleCount
    self.init(
      theta, data, rows: rows, firstRow: 0, rowCount: count, positionsPerSet: count,
      statesPerUnit: statesPerUnit, takesMixedStates)
  }

  /// A range of samples; results have their places among those of all samples.
  init(
    _ theta: ParameterSets, _ data: InputData, range: Range<Int>, statesPerUnit: Int = Lane.scalarCount,
    takesMixedStates: Bool = false
  ) {
    self.init(
      theta, data, rows: nil, firstRow: range.lowerBound, rowCount: range.count,
      positionsPerSet: data.sampleCount, statesPerUnit: statesPerUnit, takesMixedStates)
  }

  private init(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]?, firstRow: Int, rowCount: Int,
    positionsPerSet: Int, statesPerUnit width: Int, _ takesMixedStates: Bool
  ) {
    setCount = theta.setCount
    self.rows = rows
    self.firstRow = firstRow
    self.rowCount = rowCount
    self.positionsPerSet = positionsPerSet
    self.width = width
    if data.stateKind == .mixed, !takesMixedStates {
      kind = .mixed
      unitsPerSet = rowCount
      unitCount = setCount * rowCount
    } else if width == 1 {
      kind = .single
      unitsPerSet = rowCount
      unitCount = setCount * rowCount
    } else if rowCount < width, setCount > 1, width >= Lane.scalarCount {
      kind = .pairs
      unitsPerSet = 0
      unitCount = (setCount * rowCount + width - 1) / width
    } else {
      kind = .samples
      unitsPerSet = (rowCount + width - 1) / width
      unitCount = setCount * unitsPerSet
    }
  }

  /// Where the results of a set go.
  func positions(set: Int) -> Range<Int> {
    let first = set * positionsPerSet + firstRow
    return first..<(first + rowCount)
  }

  func items(_ unit: Int) -> Items {
    var result = Items()
    switch kind {
    case .mixed, .single: place(set: unit / rowCount, row: unit % rowCount, in: &result, lane: 0)
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
    for lane in result.count..<max(width, Lane.scalarCount) {
      result.sets[lane] = result.sets[0]
      result.samples[lane] = result.samples[0]
      result.positions[lane] = result.positions[0]
    }
    return result
  }

  private func place(set: Int, row: Int, in items: inout Items, lane: Int) {
    items.sets[lane] = set
    items.samples[lane] = if let rows { rows[row] } else { firstRow + row }
    items.positions[lane] = set * positionsPerSet + firstRow + row
    items.count = lane + 1
  }
}
