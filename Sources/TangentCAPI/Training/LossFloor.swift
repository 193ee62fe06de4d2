public import CTangent
internal import TangentNumerics
internal import TangentTraining
internal import TangentBounds

/// Below what the mean squared error cannot fall for input states as the trainable gates see them, whatever circuit
/// and observable with eigenvalues from low to high: states (n_samples, dimension), or with is_mixed 1 (n_samples,
/// dimension, dimension), complex; labels (n_samples). predictions (n_samples) receives those of the best measurement
/// found.
@c(qtg_loss_floor)
public func lossFloor(
  _ states: UnsafePointer<Double>?, _ n_samples: Int64, _ dimension: Int64, _ is_mixed: Int32,
  _ labels: UnsafePointer<Double>?, _ low: Double, _ high: Double, _ cancel: qtg_cancel,
  _ loss: UnsafeMutablePointer<Double>?, _ predictions: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    guard n_samples >= 1, dimension >= 1 else {
      throw .invalid("\(n_samples) states of dimension \(dimension); both must be at least 1")
    }
    guard low.isFinite, high.isFinite, low <= high else {
      throw .invalid("the eigenvalues go from \(low) to \(high); finite numbers in this order are expected")
    }
    let isMixed = is_mixed != 0
    let size = try Arguments.count("states", n_samples, dimension, isMixed ? dimension : 1, 2)
    // Copies in planes, their overlaps and the eigenvectors of their sum.
    let square = try Arguments.count("overlaps", dimension, dimension)
    try Memory.require(8 * (4 * size + 10 * square), "the floor of \(n_samples) states")
    let entries = try Arguments.doubles("states", states, count: size)
    let labels = try Arguments.doubles("labels", labels, count: Int(n_samples))
    let (m, d) = (Int(n_samples), Int(dimension))
    let reach = entries.withUnsafeBufferPointer { entries in
      isMixed
        ? LabelReach(
          range: low...high,
          mixedStates: (0..<m).map {
            ComplexMatrix(
              rows: d, columns: d,
              interleaved: UnsafeBufferPointer(rebasing: entries[2 * d * d * $0..<2 * d * d * ($0 + 1)]))
          })
        : LabelReach(range: low...high, pureStates: ComplexMatrix(rows: m, columns: d, interleaved: entries))
    }
    let found = try reach.nearest(to: labels, cancel: token)
    try Results.write([found.squares / Double(2 * m)], to: loss, "loss")
    try Results.write(found.predictions, to: predictions, "predictions")
  }
}
