/// The fixed partition of a sum over samples: units in chunks with a buffer each, added up in order.
struct GradientChunks {
  static let perSet = 64

  private let schedule: Schedule
  private let unitsPerChunk: Int
  private let chunksPerSet: Int

  /// - Parameter perSet: chunks at most, unless units hold pairs of several sets.
  init(_ schedule: Schedule, perSet: Int = GradientChunks.perSet) {
    self.schedule = schedule
    unitsPerChunk = max(1, (schedule.unitsPerSet + perSet - 1) / perSet)
    chunksPerSet = (schedule.unitsPerSet + unitsPerChunk - 1) / unitsPerChunk
  }

  /// Pairs of several sets in one unit keep a buffer for every pair.
  private var isByPair: Bool { schedule.kind == .pairs }

  var taskCount: Int { isByPair ? schedule.unitCount : schedule.setCount * chunksPerSet }

  var bufferCount: Int { isByPair ? schedule.setCount * schedule.rowCount : taskCount }

  private var buffersPerSet: Int { isByPair ? schedule.rowCount : chunksPerSet }

  func units(_ task: Int) -> Range<Int> {
    if isByPair { return task..<(task + 1) }
    let (set, chunk) = task.quotientAndRemainder(dividingBy: chunksPerSet)
    let first = chunk * unitsPerChunk
    let offset = set * schedule.unitsPerSet
    return (offset + first)..<(offset + min(first + unitsPerChunk, schedule.unitsPerSet))
  }

  /// The buffer of a lane of a unit.
  func buffer(unit: Int, lane: Int, _ items: Schedule.Items) -> Int {
    if isByPair { return items.positions[lane] }
    let (set, rest) = unit.quotientAndRemainder(dividingBy: schedule.unitsPerSet)
    return set * chunksPerSet + rest / unitsPerChunk
  }

  /// Adds the chunks to a gradient of zeros; `mean` divides by the number of samples.
  func reduce(_ partial: [Double], parameterCount p: Int, mean: Bool, into gradient: inout [Double]) {
    let scale = mean ? 1 / Double(schedule.rowCount) : 1
    partial.withUnsafeBufferPointer { partial in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let chunks = partial.baseAddress, let gradient = gradient.baseAddress else { return }
        for set in 0..<schedule.setCount {
          let sum = gradient + set * p
          for buffer in (set * buffersPerSet)..<((set + 1) * buffersPerSet) {
            let chunk = chunks + buffer * p
            for q in 0..<p { sum[q] += chunk[q] }
          }
          for q in 0..<p { sum[q] *= scale }
        }
      }
    }
  }
}
