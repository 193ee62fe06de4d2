public import CTangent
internal import TangentCircuits
internal import TangentNumerics
internal import TangentPropagation
internal import TangentSimulation

/// Averages over uniform parameters of a circuit of Clifford gates and Pauli rotations, for a model of one output and
/// m samples with pure states or none: kernel E K and second_moment E yhat yhat (m, m), mean E yhat (m), and
/// standard_error of the kernel (m, m). walks = 0 takes the exact table of at most max_strings pairs of strings, whose
/// number goes to n_strings; else so many random walks by seed. All but kernel may be null.
@c(qtg_average_kernel)
public func averageKernel(
  _ model: qtg_model, _ samples: qtg_samples, _ walks: Int64, _ seed: UInt64, _ max_strings: Int64,
  _ cancel: qtg_cancel, _ kernel: UnsafeMutablePointer<Double>?,
  _ second_moment: UnsafeMutablePointer<Double>?, _ mean: UnsafeMutablePointer<Double>?,
  _ standard_error: UnsafeMutablePointer<Double>?, _ n_strings: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let model = try ModelBox.value(model)
    let data = try SamplesBox.value(samples)
    guard model.outputCount == 1 else {
      throw .invalid("the model has \(model.outputCount) outputs; averages over parameters are those of one")
    }
    guard data.stateKind != .mixed else {
      throw .invalid("the samples are density matrices; averages over parameters take pure states")
    }
    guard walks >= 0, max_strings >= 1 else {
      throw .invalid(
        "walks is \(walks) and max_strings \(max_strings); 0 or more and at least 1 are expected")
    }
    let m = data.sampleCount
    try Memory.require(8 * (try Arguments.count("kernel", Int64(m), Int64(m), 6)), "averages of \(m) samples")
    let problem = try AverageProblem(
      model.circuit, model.observables[0], scale: model.scale, features: data.featureRows,
      states: data.stateRows)
    let found =
      walks == 0
      ? try AverageKernel.exact(problem, maximumStrings: Int(max_strings), cancel: token)
      : try AverageKernel.walks(problem, count: Int(walks), seed: seed, cancel: token)
    try Results.write(found.kernel, to: kernel, "kernel")
    if let second_moment { try Results.write(found.secondMoment, to: second_moment, "second_moment") }
    if let mean { try Results.write(found.mean, to: mean, "mean") }
    if let standard_error { try Results.write(found.standardError, to: standard_error, "standard_error") }
    n_strings?.pointee = Int64(found.strings)
  }
}

extension InputData {
  fileprivate var featureRows: [[Double]] {
    (0..<sampleCount).map { Array(features[$0 * featureCount..<($0 + 1) * featureCount]) }
  }

  /// None without states.
  fileprivate var stateRows: [[Double]] {
    stateKind == .none
      ? [] : (0..<sampleCount).map { Array(states[$0 * 2 * dimension..<($0 + 1) * 2 * dimension]) }
  }
}
