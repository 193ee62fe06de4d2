/// How much a lane vector holds.
struct LaneShape: Equatable {
  /// Numbers side by side.
  let count: Int
  let bytes: Int

  init<L: LaneVector>(_: L.Type) {
    count = L.scalarCount
    bytes = MemoryLayout<L>.stride
  }

  var scalarBytes: Int { bytes / count }

  /// Lane vectors in the room of as many doubles as there are numbers.
  var lanesPerDoubles: Int { MemoryLayout<Double>.stride / scalarBytes }

  func lanes(ofScalars scalars: Int) -> Int { (scalars + count - 1) / count }
}
