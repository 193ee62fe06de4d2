/// What the derivatives of a sample's outputs are weighted with.
enum OutputWeights {
  /// The derivatives of a loss, which change as the predictions do; its values go to `losses`, (sets, rows), if they are
  /// wanted.
  case loss(any PredictionLoss, losses: UnsafeMutablePointer<Double>?)
  /// (sets, rows, outputs), the same whatever the predictions.
  case given(UnsafePointer<Double>)

  var isLoss: Bool {
    if case .loss = self { true } else { false }
  }

  /// The weights of every pair of a unit in turn, given its predictions: `body(lane)` finds them in `weights`. The loss is
  /// taken out of here once a unit, since workers contend for the reference counts in it.
  @inline(__always)
  func fill(
    _ weights: UnsafeMutablePointer<Double>, count k: Int, _ items: Schedule.Items,
    predictions: UnsafePointer<Double>, body: (_ lane: Int) -> Void
  ) {
    switch self {
    case .loss(let loss, let losses):
      for lane in 0..<items.count {
        let position = items.positions[lane]
        let value = loss.evaluate(
          sample: items.samples[lane], predictions: predictions + position &* k, weights: weights)
        if let losses { losses[position] = value }
        body(lane)
      }
    case .given(let given):
      for lane in 0..<items.count {
        weights.update(from: given + items.positions[lane] &* k, count: k)
        body(lane)
      }
    }
  }
}
