public import CTangent
internal import TangentNumerics
internal import TangentTraining
internal import TangentBounds

extension Arguments {
  static func write(
    _ floor: OutputFloor, to pointer: UnsafeMutablePointer<qtg_floor>?,
    _ predictions: UnsafeMutablePointer<Double>?
  ) throws(TangentError) {
    let pointer = try nonNull("floor", pointer)
    let _: qtg_floor = try structure("floor", UnsafePointer(pointer))
    pointer.pointee.pairwise = floor.pairwise
    pointer.pointee.collective = floor.collective
    pointer.pointee.first = Int64(floor.closest?.first ?? -1)
    pointer.pointee.second = Int64(floor.closest?.second ?? -1)
    pointer.pointee.overlap = floor.closest?.overlap ?? 0
    pointer.pointee.is_tight = floor.isTight ? 1 : 0
    try Results.write(floor.predictions, to: predictions, "predictions")
  }
}

/// Below what the mean squared error cannot fall for input states as the trainable gates see them, whatever circuit
/// and observable with these eigenvalues: states (n_samples, dimension), or with is_mixed 1 (n_samples, dimension,
/// dimension), complex; labels (n_samples); eigenvalues (n_eigenvalues), all of them if n_eigenvalues is dimension, else
/// what counts is the smallest and the largest. tolerance: the search ends where the collective bound is within this
/// share of the best one. predictions (n_samples) receives those of the best measurement found.
@c(qtg_loss_floor)
public func lossFloor(
  _ states: UnsafePointer<Double>?, _ n_samples: Int64, _ dimension: Int64, _ is_mixed: Int32,
  _ labels: UnsafePointer<Double>?, _ eigenvalues: UnsafePointer<Double>?, _ n_eigenvalues: Int64,
  _ tolerance: Double, _ cancel: qtg_cancel, _ floor: UnsafeMutablePointer<qtg_floor>?,
  _ predictions: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    guard tolerance > 0, tolerance < 1 else {
      throw .invalid("tolerance is \(tolerance); a number between 0 and 1 is expected")
    }
    guard n_samples >= 1, dimension >= 1, n_eigenvalues >= 1 else {
      throw .invalid(
        "\(n_samples) states of dimension \(dimension), \(n_eigenvalues) eigenvalues; all must be at least 1")
    }
    let isMixed = is_mixed != 0
    let size = try Arguments.count("states", n_samples, dimension, isMixed ? dimension : 1, 2)
    // Copies in planes, their overlaps and the eigenvectors of their sum.
    let square = try Arguments.count("overlaps", dimension, dimension)
    let pairs = try Arguments.count("pairs", n_samples, n_samples)
    try Memory.require(8 * (4 * size + 10 * square + 4 * pairs), "the floor of \(n_samples) states")
    let entries = try Arguments.doubles("states", states, count: size)
    let labels = try Arguments.doubles("labels", labels, count: Int(n_samples))
    let spectrum = SpectralRange(
      eigenvalues: try Arguments.doubles(
        "eigenvalues", eigenvalues, count: Arguments.count("eigenvalues", n_eigenvalues)),
      isComplete: n_eigenvalues == dimension)
    let (m, d) = (Int(n_samples), Int(dimension))
    let reach = entries.withUnsafeBufferPointer { entries in
      isMixed
        ? LabelReach(
          spectrum: spectrum,
          mixedStates: (0..<m).map {
            ComplexMatrix(
              rows: d, columns: d,
              interleaved: UnsafeBufferPointer(rebasing: entries[2 * d * d * $0..<2 * d * d * ($0 + 1)]))
          })
        : LabelReach(
          spectrum: spectrum, pureStates: ComplexMatrix(rows: m, columns: d, interleaved: entries))
    }
    try Arguments.write(try reach.floor(labels, tolerance: tolerance, cancel: token), to: floor, predictions)
  }
}

/// Below what the loss of a run cannot fall for its data, whatever the parameters; NaN where no floor is known. It is 0
/// only where basis (enum qtg_floor_basis) is QTG_FLOOR_OF_STATES and their bound is 0. floors (n_outputs), each with its
/// struct_size, and predictions (n_outputs, n_samples) receive the parts of each output, or stay as they are where none is
/// known and for cross-entropy; both may be null.
@c(qtg_run_loss_floor)
public func runLossFloor(
  _ run: qtg_run, _ cancel: qtg_cancel, _ loss: UnsafeMutablePointer<Double>?,
  _ basis: UnsafeMutablePointer<Int32>?, _ floors: UnsafeMutablePointer<qtg_floor>?,
  _ predictions: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let run = try RunBox.circuitRun(run)
    let found = try run.lossFloor(cancel: token)
    try Arguments.nonNull("loss", loss).pointee = found.loss ?? .nan
    basis?.pointee = found.basis.rawValue
    guard let floors else { return }
    for (output, floor) in found.outputs.enumerated() {
      try Arguments.write(floor, to: floors + output, predictions.map { $0 + output * run.data.sampleCount })
    }
  }
}
