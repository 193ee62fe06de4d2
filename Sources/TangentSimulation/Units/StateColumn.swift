import TangentNumerics

/// One pure state among the inputs: a sample's own, or an eigenvector of a mixed one.
struct StateColumn {
  let sample: Int
  /// The block and lane of an eigenvector.
  let block: Int
  let lane: Int
  let weight: Double

  static func all(_ data: InputData, rows: [Int]) -> [StateColumn] {
    guard data.stateKind == .mixed else {
      return rows.map { StateColumn(sample: $0, block: -1, lane: 0, weight: 1) }
    }
    return rows.flatMap { sample in
      (data.firstBlock[sample]..<data.firstBlock[sample + 1]).flatMap { block in
        (0..<Lane.scalarCount).filter { data.weights[block][$0] > 0 }.map {
          StateColumn(sample: sample, block: block, lane: $0, weight: data.weights[block][$0])
        }
      }
    }
  }
}
